import type pg from "pg";
import { type RowCount, readRows, writeRows } from "../copy-out.ts";
import {
  authorsOf,
  type CitablePaper,
  citablePaperSelect,
  doiOf,
  type PaperSet,
  urlOf,
} from "./citable-paper.ts";

/** Papers as CSL-JSON: one array of items, each on a line of its own. */
export async function* cslJson(
  client: pg.ClientBase,
  set: PaperSet,
  count: RowCount,
): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  const itemText = (paper: CitablePaper): string => {
    const separator = isFirst ? "" : ",";
    isFirst = false;
    return `${separator}\n${JSON.stringify(itemOf(paper))}`;
  };
  yield Buffer.from("[");
  yield* writeRows(readRows<CitablePaper>(client, citablePaperSelect(set)), itemText, count);
  yield Buffer.from("\n]\n");
}

function itemOf(paper: CitablePaper): object {
  const { pith_number, title, year, month, day, source_kind, source_id, primary_category } = paper;
  const authors = authorsOf(paper);
  const doi = doiOf(paper);
  const url = urlOf(paper);
  return {
    id: pith_number,
    // CSL's type of a preprint.
    type: "article",
    ...(title === null ? {} : { title }),
    // Which part is the family's is nowhere said.
    ...(authors.length === 0 ? {} : { author: authors.map((literal) => ({ literal })) }),
    issued: { "date-parts": [[year, month, day]] },
    ...(doi === null ? {} : { DOI: doi }),
    ...(url === null ? {} : { URL: url }),
    archive: source_kind === "arxiv" ? "arXiv" : source_kind,
    archive_location: source_id,
    ...(primary_category === null ? {} : { keyword: primary_category }),
  };
}
