import { type Command, Option } from "commander";
import { CommandError } from "../command-error.ts";
import { exitStatus } from "../exit-status.ts";
import { noAnswer, type Reader } from "./answer.ts";
import { openReader } from "./reader.ts";

export type ReadOptions = { readonly url?: string; readonly json?: boolean };

export const refDescription =
  "whatever names a paper: a Pith number, whole or cut short, an arXiv id, a DOI, or the address of one";

/** The options of every command that reads. */
export function addReadOptions(command: Command): Command {
  return command.addOption(urlOption()).option("--json", "print the answer as one line of JSON");
}

export function urlOption(): Option {
  return new Option("--url <address>", "ask this server, rather than the configured database").env(
    "PITH_GRAPH_URL",
  );
}

/** Opens what is to be asked, and leaves it however the command ends. */
export async function withReader<Result>(
  { url }: ReadOptions,
  run: (reader: Reader) => Promise<Result>,
): Promise<Result> {
  const reader = await openReader(url);
  try {
    return await run(reader);
  } catch (error) {
    // Another server may answer in whatever shape it likes.
    throw url !== undefined && error instanceof TypeError ? noAnswer() : error;
  } finally {
    await reader.close();
  }
}

export function notHeld(ref: string): CommandError {
  return new CommandError(
    `Nothing is known here by ${JSON.stringify(ref)}: neither a paper, nor a work that one of those held cites.`,
  );
}

/** Reads a whole number of an option. Throws CommandError. */
export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new CommandError(
    `${option} must be a whole number from ${least} to ${most}, not ${JSON.stringify(text)}.`,
    exitStatus.misused,
  );
}

/** The most rows of one page of a connection. */
const largestPage = 100;

export type Page<Row> = {
  readonly totalCount: number;
  readonly nodes: readonly Row[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
};

/** The first rows of a connection, page by page. `ask` is given how many of which page; null ends it. */
export async function firstRows<Row>(
  limit: number,
  ask: (page: { readonly first: number; readonly after: string | null }) => Promise<Page<Row> | null>,
): Promise<{ readonly totalCount: number; readonly nodes: Row[] } | null> {
  const nodes: Row[] = [];
  let after: string | null = null;
  for (;;) {
    const page: Page<Row> | null = await ask({ first: Math.min(largestPage, limit - nodes.length), after });
    if (page === null) return null;
    nodes.push(...page.nodes);
    after = page.pageInfo.endCursor;
    const isWhole = !page.pageInfo.hasNextPage || after === null || page.nodes.length === 0;
    if (isWhole || nodes.length >= limit) return { totalCount: page.totalCount, nodes };
  }
}
