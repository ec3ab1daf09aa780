import type pg from "pg";
import { type RowCount, readRows, writeRows } from "../copy-out.ts";
import {
  authorsOf,
  type CitablePaper,
  citablePaperSelect,
  doiOf,
  oneLine,
  type PaperSet,
  urlOf,
} from "./citable-paper.ts";

/** Papers as RIS: records of lines `TAG  - value`, each ended by CR LF, of unpublished works. */
export function ris(client: pg.ClientBase, set: PaperSet, count: RowCount): AsyncGenerator<Uint8Array> {
  return writeRows(readRows<CitablePaper>(client, citablePaperSelect(set)), recordText, count);
}

function recordText(paper: CitablePaper): string {
  const { pith_number, title, year, month, day, source_kind, source_id, primary_category } = paper;
  const doi = doiOf(paper);
  const url = urlOf(paper);
  const two = (value: number) => String(value).padStart(2, "0");
  const lines: (readonly [string, string | null])[] = [
    ["TY", "UNPB"],
    ["ID", pith_number],
    ["TI", title],
    ...authorsOf(paper).map((author) => ["AU", author] as const),
    ["PY", String(year)],
    ["DA", `${year}/${two(month)}/${two(day)}/`],
    ["DO", doi],
    ["UR", url],
    ["AN", source_kind === "arxiv" ? `arXiv:${source_id}` : source_id],
    ["KW", primary_category],
    ["ER", ""],
  ];
  return lines
    .flatMap(([tag, value]) => (value === null ? [] : [`${tag}  - ${oneLine(value)}\r\n`]))
    .join("");
}
