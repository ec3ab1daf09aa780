import { type AuthorName, foldWhiteSpace } from "../text/index.ts";
import type { Entry, EntryPages } from "./bibliography.ts";
import { type RowCount, writeRows } from "./copy-out.ts";

/** Papers as RIS: records of lines `TAG  - value`, each ended by CR LF, of type unpublished work. */
export function ris(entries: EntryPages, count: RowCount): AsyncGenerator<Uint8Array> {
  return writeRows(entries, recordText, count);
}

function recordText(entry: Entry): string {
  const { key, title, authors, year, source_kind, source_id, primary_category, doi, url } = entry;
  const lines: (readonly [string, string | null])[] = [
    ["TY", "UNPB"],
    ["ID", key],
    ["TI", title],
    ...authors.map((author) => ["AU", authorText(author)] as const),
    ["PY", year === null ? null : String(year)],
    ["DA", dateText(entry)],
    ["DO", doi],
    ["UR", url],
    ["AN", source_kind === "arxiv" ? `arXiv:${source_id}` : source_id],
    ["KW", primary_category],
    ["N1", entry.pith_number ?? entry.work],
    ["ER", ""],
  ];
  return lines
    .flatMap(([tag, value]) => (value === null ? [] : [`${tag}  - ${foldWhiteSpace(value)}\r\n`]))
    .join("");
}

function dateText({ year, month, day }: Entry): string | null {
  const two = (value: number) => String(value).padStart(2, "0");
  return year === null || month === null || day === null ? null : `${year}/${two(month)}/${two(day)}/`;
}

/** `van der Berg, Jan, Jr.`; without a comma it is the name of a group, or a single word. */
function authorText(author: AuthorName): string {
  if (author.kind !== "person") return author.text.replaceAll(",", " ");
  const { particle, family, given, suffix } = author;
  const last = particle === null ? family : `${particle} ${family}`;
  return [last, given, suffix].filter((part) => part !== null).join(", ");
}
