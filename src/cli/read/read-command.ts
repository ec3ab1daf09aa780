import { type Command, Option } from "commander";
import { CommandError, exitStatus } from "../command-error.ts";
import { jsonLine, sanitize } from "../output/sanitize.ts";
import type { Colours } from "../output/terminal.ts";
import { noAnswer, openRemoteReader, type Reader } from "./reader.ts";

export type ReadOptions = { readonly url?: string; readonly json?: boolean };

export const refDescription = "a Pith number or its beginning, an arXiv id, a DOI, or a URL of one";

/** Adds the options of every command that reads. */
export function addReadOptions(command: Command): Command {
  return command.addOption(urlOption()).option("--json", "print the result as one line of JSON");
}

export function urlOption(description = "query this server instead of the database"): Option {
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
  return new CommandError(`No paper or cited work matches ${JSON.stringify(ref)}.`, exitStatus.failed, {
    code: "NOT_FOUND",
  });
}

/** The stored papers of a work: its versions. */
export type StoredVersions = readonly {
  readonly pithNumber: string;
  readonly source: { readonly kind: string; readonly identifier: string; readonly version: number | null };
}[];

/** The reason why a ref has no paper: nothing matches it, other versions are stored, or it is only cited. */
export async function noPaper({ execute }: Reader, ref: string): Promise<CommandError> {
  const { work } = await execute<{ work: { papers: StoredVersions } | null }>(
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
    `${JSON.stringify(ref)} is not stored. Stored versions: ${named.join(", ")}${more}.`,
    exitStatus.failed,
    { code: "NOT_FOUND", next: `pith-graph paper ${shellWord(next)}` },
  );
}

function versionName({ kind, version }: StoredVersions[number]["source"]): string | null {
  return kind === "arxiv" && version !== null ? `v${version}` : null;
}

function onlyCited(ref: string): CommandError {
  return new CommandError(`The paper ${JSON.stringify(ref)} is not stored, only cited.`, exitStatus.failed, {
    code: "NOT_FOUND",
    next: `pith-graph paper ${shellWord(ref)}`,
  });
}

/** The most rows of one page of a connection. */
const maxPageSize = 100;

export type Page<Row> = {
  readonly totalCount: number;
  readonly nodes: readonly Row[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
};

/** The first rows of a connection, page by page. `fetchPage` gets the size and cursor of a page; null ends it. */
export async function firstRows<Row>(
  limit: number,
  fetchPage: (page: { readonly first: number; readonly after: string | null }) => Promise<Page<Row> | null>,
): Promise<{ readonly totalCount: number; readonly nodes: Row[] } | null> {
  const nodes: Row[] = [];
  let after: string | null = null;
  for (;;) {
    const page: Page<Row> | null = await fetchPage({
      first: Math.min(maxPageSize, limit - nodes.length),
      after,
    });
    if (page === null) return null;
    nodes.push(...page.nodes);
    after = page.pageInfo.endCursor;
    const isLast = !page.pageInfo.hasNextPage || after === null || page.nodes.length === 0;
    if (isLast || nodes.length >= limit) return { totalCount: page.totalCount, nodes };
  }
}

/** Characters of the words that are suggested for a search; a search itself accepts more (docs/search.md). */
const maxSuggestedWords = 200;

/**
 * An error about one of these refs, with the search for it as the next step: it is malformed, or nothing matches it.
 * Every other error unchanged.
 */
export async function withSearch(error: unknown, refs: readonly string[]): Promise<unknown> {
  if (!(error instanceof CommandError) || error.details.next !== undefined) return error;
  const ref = await doubtfulOf(error, refs);
  const words = ref?.replace(/[\p{C}\s]+/gu, " ").trim() ?? "";
  if (words === "" || words.length > maxSuggestedWords) return error;
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
  if (url !== undefined) return openRemoteReader(url);
  return (await import("./local-reader.ts")).openLocalReader();
}

/** Options for text output. */
export type TextStyle = { readonly colours: Colours; readonly width: number };

export type SignerOrigin = "REGISTRY" | "CONFIGURED" | "SAMPLE" | "UNKNOWN";

export type Provenance = {
  readonly proof: string;
  readonly signer: { readonly signerId: string; readonly keyId: string; readonly origin: SignerOrigin };
};

const originNotes: Readonly<Record<SignerOrigin, string | null>> = {
  REGISTRY: null,
  CONFIGURED: null,
  SAMPLE: "demo key, proves nothing",
  UNKNOWN: "key no longer trusted",
};

/**
 * A proof, coloured by its strength: those of the demo key and of untrusted keys are never shown as good. Colour is
 * never the only sign: the word means the same.
 */
export function proofWord(proof: string, colours: Colours, origin: SignerOrigin = "REGISTRY"): string {
  const isTrusted = originNotes[origin] === null;
  const paint =
    isTrusted && proof === "SIGNED"
      ? colours.good
      : isTrusted && proof === "RECEIPT"
        ? colours.name
        : colours.doubtful;
  return paint(sanitize(proof));
}

/** `SIGNED by pith.science (pith-v1-2026-05)`; with the demo key followed by ` [demo key, proves nothing]`. */
export function provenanceText(provenance: Provenance | null, colours: Colours): string {
  if (provenance === null) return "none";
  const { proof, signer } = provenance;
  const note = originNotes[signer.origin];
  return [
    `${proofWord(proof, colours, signer.origin)} by ${sanitize(signer.signerId)}`,
    colours.faint(`(${sanitize(signer.keyId)})`),
    ...(note === null ? [] : [colours.doubtful(`[${note}]`)]),
  ].join(" ");
}
