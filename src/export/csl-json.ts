import type { AuthorName } from "../text/index.ts";
import type { Entry, EntryPages } from "./bibliography.ts";
import { type RowCount, writeRows } from "./copy-out.ts";

/** Papers as CSL-JSON: one array of items, one a line. */
export async function* cslJson(entries: EntryPages, count: RowCount): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  const itemText = (entry: Entry): string => {
    const separator = isFirst ? "" : ",";
    isFirst = false;
    return `${separator}\n${JSON.stringify(itemOf(entry))}`;
  };
  yield Buffer.from("[");
  yield* writeRows(entries, itemText, count);
  yield Buffer.from("\n]\n");
}

function itemOf(entry: Entry): object {
  const { key, title, authors, year, month, day, source_kind, source_id, primary_category, doi, url } = entry;
  const isArxiv = source_kind === "arxiv";
  return {
    id: key,
    // CSL's type for preprints.
    type: "article",
    ...(title === null ? {} : { title }),
    ...(authors.length === 0 ? {} : { author: authors.map(nameOf) }),
    ...(year === null
      ? {}
      : { issued: { "date-parts": [[year, month, day].filter((part) => part !== null)] } }),
    ...(isArxiv ? { "container-title": "arXiv", number: `arXiv:${source_id}` } : {}),
    ...(doi === null ? {} : { DOI: doi }),
    ...(url === null ? {} : { URL: url }),
    ...(source_kind === null
      ? {}
      : { archive: isArxiv ? "arXiv" : source_kind, archive_location: source_id }),
    ...(primary_category === null ? {} : { keyword: primary_category }),
    note: entry.pith_number ?? entry.work,
  };
}

/** A person in CSL's parts; `literal` if a name cannot be split. */
function nameOf(author: AuthorName): object {
  if (author.kind !== "person") return { literal: author.text };
  const { family, given, particle, suffix } = author;
  return {
    family,
    given,
    ...(particle === null ? {} : { "non-dropping-particle": particle }),
    ...(suffix === null ? {} : { suffix }),
  };
}
