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
import { latexText, verbatimText } from "./latex-text.ts";

/** Papers as BibTeX, an entry each, in UTF-8. */
export function bibtex(client: pg.ClientBase, set: PaperSet, count: RowCount): AsyncGenerator<Uint8Array> {
  return writeRows(readRows<CitablePaper>(client, citablePaperSelect(set)), entryText, count);
}

const months = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");

function entryText(paper: CitablePaper): string {
  const { pith_number, title, year, month, source_kind, source_id, primary_category } = paper;
  const doi = doiOf(paper);
  const url = urlOf(paper);
  const authors = authorsOf(paper);
  const isArxiv = source_kind === "arxiv";
  const fields: (readonly [string, string | null])[] = [
    // The inner braces keep capitals as they are.
    ["title", title === null ? null : `{${latexText(oneLine(title))}}`],
    ["author", authors.length === 0 ? null : authors.map(authorText).join(" and ")],
    ["year", String(year)],
    ["eprint", isArxiv ? latexText(oneLine(source_id)) : null],
    ["archiveprefix", isArxiv ? "arXiv" : null],
    ["primaryclass", primary_category === null ? null : latexText(oneLine(primary_category))],
    ["doi", doi === null ? null : verbatimText(doi)],
    ["url", url === null ? null : verbatimText(url)],
    ["note", latexText(pith_number)],
  ];
  const lines = fields.flatMap(([name, value]) => (value === null ? [] : [`  ${name} = {${value}},\n`]));
  return `@misc{${keyOf(pith_number)},\n${lines.join("")}  month = ${months[month - 1]},\n}\n\n`;
}

/** The Pith number with what keys may hold: no colon for some readers. */
function keyOf(pithNumber: string): string {
  return pithNumber.replaceAll(":", "-");
}

/** In braces where BibTeX would read another name, several, or that there are more. */
function authorText(author: string): string {
  const text = latexText(author);
  return /,|\band\b|^others$|^"/i.test(author) ? `{${text}}` : text;
}
