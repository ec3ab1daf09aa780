import { spreadsheetText } from "../../../src/text/index.ts";
import { type Neighbourhood, workName } from "../graph/index.ts";

type Cell = string | number | boolean | null;

/** The works as CSV (RFC 4180), one per row after a header. */
export function worksCsv({ works }: Neighbourhood): string {
  return formatRows([
    [
      "ref",
      "title",
      "authors",
      "year",
      "submitted_at",
      "category",
      "proof",
      "pith_number",
      "arxiv_id",
      "doi",
      "cited_by",
      "references",
      "depth",
    ],
    ...[...works.values()].map((work) => [
      work.ref,
      work.title,
      work.authors.join("; "),
      work.year,
      work.submittedAt,
      work.category,
      work.verification?.proof ?? null,
      work.pithNumber,
      work.arxivId,
      work.doi,
      work.citedByCount,
      work.referenceCount,
      work.depth,
    ]),
  ]);
}

/** The citations as CSV, one per row: refs and names of both ends. */
export function citationsCsv({ works, citations }: Neighbourhood): string {
  return formatRows([
    ["citing", "cited", "citing_name", "cited_name", "internal_anchor"],
    ...citations.flatMap(({ citing, cited, isInternalAnchor }) => {
      const [from, to] = [works.get(citing), works.get(cited)];
      if (from === undefined || to === undefined) return [];
      return [[from.ref, to.ref, workName(from), workName(to), isInternalAnchor]];
    }),
  ]);
}

/** Rows end with CRLF. The file starts with a byte order mark, by which spreadsheets recognise UTF-8. */
function formatRows(rows: readonly (readonly Cell[])[]): string {
  return `\ufeff${rows.map((row) => `${row.map(formatCell).join(",")}\r\n`).join("")}`;
}

function formatCell(cell: Cell): string {
  if (cell === null) return "";
  // Numbers are computed here, never formulas from a document.
  const text = typeof cell === "string" ? spreadsheetText(cell) : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
