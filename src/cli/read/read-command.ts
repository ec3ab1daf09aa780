import { type Command, Option } from "commander";
import { CommandError, exitStatus } from "../command-error.ts";
import { jsonLine } from "../output/shown-text.ts";
import { noAnswer, type Reader } from "./answer.ts";

export type ReadOptions = { readonly url?: string; readonly json?: boolean };

export const refDescription =
  "whatever names a paper: a Pith number, whole or cut short, an arXiv id, a DOI, or the address of one";

/** Adds the options of every command that reads. */
export function addReadOptions(command: Command): Command {
  return command.addOption(urlOption()).option("--json", "print the answer as one line of JSON");
}

export function urlOption(description = "ask this server, rather than the configured database"): Option {
  return new Option("--url <address>", description).env("PITH_GRAPH_URL");
}

/**
 * Opens a reader, and closes it however the command ends. An error with a code is also printed with `--json`. `refs`:
 * the refs that the command queries, which an error may be about.
 */
export async function withReader<Result>(
  { url, json = false }: ReadOptions,
  run: (reader: Reader) => Promise<Result>,
  refs: readonly string[] = [],
): Promise<Result> {
  const reader = await openReader(url);
  try {
    return await run(reader);
  } catch (thrown) {
    // Another server may answer in any shape.
    const isOddAnswer = url !== undefined && thrown instanceof TypeError;
    const error = isOddAnswer ? noAnswer() : await withSearch(thrown, refs);
    if (json && error instanceof CommandError && error.details.code !== undefined) {
      process.stdout.write(`${jsonLine(errorAnswer(error))}\n`);
    }
    throw error;
  } finally {
    await reader.close();
  }
}

/** An error in the shape of GraphQL errors; `next` if there is a next step. */
function errorAnswer({ message, details }: CommandError) {
  return { errors: [{ message, extensions: details }] };
}

/** The error that a ref matches nothing. */
export function unknownRef(ref: string): CommandError {
  return new CommandError(
    `Nothing is known here by ${JSON.stringify(ref)}: neither a paper, nor a work that one of those held cites.`,
    exitStatus.foundWrong,
    { code: "NOT_FOUND" },
  );
}

/** The stored papers of a work: its versions. */
export type StoredVersions = readonly {
  readonly pithNumber: string;
  readonly source: { readonly kind: string; readonly identifier: string; readonly version: number | null };
}[];

/** The reason why a ref has no paper: nothing matches it, other versions are stored, or it is only cited. */
export async function noPaper({ ask }: Reader, ref: string): Promise<CommandError> {
  const { work } = await ask<{ work: { papers: StoredVersions } | null }>(
    /* GraphQL */ "query Work($ref: String!) { work(ref: $ref) { papers { pithNumber source { kind identifier version } } } }",
    { ref },
  );
  if (work === null) return unknownRef(ref);
  return otherVersions(ref, work.papers) ?? onlyCited(ref);
}

/** The error that other versions are stored than the one that a ref names; null if none is. */
export function otherVersions(ref: string, papers: StoredVersions): CommandError | null {
  const [latest] = papers;
  if (latest === undefined) return null;
  const named = papers.slice(0, 10).map(({ pithNumber, source }) => versionName(source) ?? pithNumber);
  const more = papers.length > named.length ? `, and ${papers.length - named.length} more` : "";
  const next =
    latest.source.version === null
      ? latest.pithNumber
      : `${latest.source.identifier}v${latest.source.version}`;
  return new CommandError(
    `${JSON.stringify(ref)} is not stored here. Stored of this work: ${named.join(", ")}${more}.`,
    exitStatus.foundWrong,
    { code: "NOT_FOUND", next: `pith-graph paper ${shellWord(next)}` },
  );
}

function versionName({ kind, version }: StoredVersions[number]["source"]): string | null {
  return kind === "arxiv" && version !== null ? `v${version}` : null;
}

function onlyCited(ref: string): CommandError {
  return new CommandError(
    `No paper is stored here of ${JSON.stringify(ref)}: it is only cited.`,
    exitStatus.foundWrong,
    { code: "NOT_FOUND", next: `pith-graph paper ${shellWord(ref)}` },
  );
}

/** The most rows of one page of a connection. */
const largestPage = 100;

export type Page<Row> = {
  readonly totalCount: number;
  readonly nodes: readonly Row[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
};

/** The first rows of a connection, page by page. `ask` gets the size and cursor of a page; null ends it. */
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

/** Characters of the words that are suggested for a search; a search itself accepts more (docs/search.md). */
const longestWords = 200;

/**
 * An error about one of these refs, with the search for it as the next step: it is malformed, or nothing matches it.
 * Every other error unchanged.
 */
export async function withSearch(error: unknown, refs: readonly string[]): Promise<unknown> {
  if (!(error instanceof CommandError) || error.details.next !== undefined) return error;
  const ref = await doubtfulOf(error, refs);
  const words = ref?.replace(/[\p{C}\s]+/gu, " ").trim() ?? "";
  if (words === "" || words.length > longestWords) return error;
  return error.withNext(`pith-graph search ${words.startsWith("-") ? "-- " : ""}${shellWord(words)}`);
}

async function doubtfulOf(
  { message, details }: CommandError,
  refs: readonly string[],
): Promise<string | undefined> {
  if (details.code === "BAD_USER_INPUT") {
    // Imported here: commands that query a server start faster without it.
    const { parsePaperRef } = await import("../../protocol/index.ts");
    return refs.find((ref) => parsePaperRef(ref) === null);
  }
  if (details.code !== "NOT_FOUND") return undefined;
  return refs.find((ref) => message.includes(JSON.stringify(ref))) ?? refs[0];
}

/** A text as one word of a POSIX shell, whatever it contains. */
export function shellWord(text: string): string {
  return /["$`\\!]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : `"${text}"`;
}

/** Without an address, the configured database is read. */
async function openReader(url: string | undefined): Promise<Reader> {
  if (url !== undefined) return (await import("./remote-reader.ts")).openRemoteReader(url);
  return (await import("./local-reader.ts")).openLocalReader();
}
