import type pg from "pg";
import { type AuthorName, parseName, readableText } from "../../text/index.ts";
import { readRows } from "../copy-out.ts";
import {
  type CitablePaper,
  type CitableRef,
  categoryIs,
  citablePaperSelect,
  citableWorkSelect,
  doiOf,
  type PaperSet,
  pithNumberIn,
  urlOf,
} from "./citable-paper.ts";
import { CitationKeys } from "./citation-keys.ts";

/** An entry of a bibliography, for every format. Texts are readable: TeX as letters, one line. */
export type Entry = Omit<CitablePaper, "title" | "authors" | "dois"> & {
  /** Unique in its file: `aue2022predicting`. */
  readonly key: string;
  readonly title: string | null;
  readonly authors: readonly AuthorName[];
  readonly doi: string | null;
  readonly url: string | null;
};

export type EntryPages = AsyncIterable<readonly Entry[]> | Iterable<readonly Entry[]>;

/** The entries of a set, in pages: in the order of `refs` if given, else by Pith number. */
export async function* readEntries(client: pg.ClientBase, set: PaperSet): AsyncGenerator<Entry[]> {
  const conditions = set.category === undefined ? [] : [categoryIs(set.category)];
  const keys = new CitationKeys();
  if (set.refs !== undefined) {
    yield await readNamed(client, set.refs, conditions, keys);
    return;
  }
  for await (const papers of readRows<CitablePaper>(client, citablePaperSelect(conditions))) {
    yield papers.map((paper) => entryOf(paper, keys));
  }
}

/** Keys are assigned in order of identity, so that the order of `refs` does not change them. */
async function readNamed(
  client: pg.ClientBase,
  refs: readonly CitableRef[],
  conditions: readonly string[],
  keys: CitationKeys,
): Promise<Entry[]> {
  const entries = new Map<string, Entry>();
  const pithNumbers = refs.flatMap((ref) => (ref.kind === "paper" ? [ref.pithNumber] : []));
  const papers = citablePaperSelect([pithNumberIn(pithNumbers), ...conditions]);
  for await (const rows of readRows<CitablePaper & { pith_number: string }>(client, papers)) {
    for (const row of rows) entries.set(row.pith_number, entryOf(row, keys));
  }
  // A work without a paper has no category.
  const workIds =
    conditions.length > 0 ? [] : refs.flatMap((ref) => (ref.kind === "work" ? [ref.workId] : []));
  const works = citableWorkSelect(workIds);
  for await (const rows of readRows<CitablePaper & { work_id: string }>(client, works)) {
    for (const row of rows) entries.set(row.work_id, entryOf(row, keys));
  }
  const names = new Set(refs.map((ref) => (ref.kind === "paper" ? ref.pithNumber : String(ref.workId))));
  return [...names].flatMap((name) => entries.get(name) ?? []);
}

/** The entries of papers that were read elsewhere, in their order, with the keys that `readNamed` assigns. */
export function entriesOf(papers: readonly CitablePaper[]): Entry[] {
  const keys = new CitationKeys();
  // Works without a paper come last, as their keys follow `~`.
  const identityOf = ({ pith_number, work }: CitablePaper) => pith_number ?? `~${work}`;
  const sorted = [...papers].sort((a, b) => (identityOf(a) < identityOf(b) ? -1 : 1));
  const entries = new Map(sorted.map((paper) => [paper, entryOf(paper, keys)]));
  return papers.flatMap((paper) => entries.get(paper) ?? []);
}

function entryOf(paper: CitablePaper, keys: CitationKeys): Entry {
  const title = paper.title === null ? "" : readableText(paper.title);
  const authors = paper.authors.flatMap((name) => parseName(name) ?? []);
  const readable = { ...paper, title: title === "" ? null : title, authors };
  return { ...readable, key: keys.keyOf(readable), doi: doiOf(paper), url: urlOf(paper) };
}
