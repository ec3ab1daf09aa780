import type pg from "pg";
import { readableText } from "../text/index.ts";
import { copyLines, type ExportCounts, readSelectedRows, writeRows } from "./copy-out.ts";
import { edgeLines, type Vertex, vertexSelect, type WorkSelection } from "./graph-rows.ts";

/** VOSviewer's map file: a line for each work, its citations as weight and its year as score. */
export async function* vosviewerMap(
  client: pg.ClientBase,
  works: WorkSelection,
  { main }: ExportCounts,
): AsyncGenerator<Uint8Array> {
  yield Buffer.from("id\tlabel\tdescription\tweight<Citations>\tscore<Year>\n");
  yield* writeRows(readSelectedRows<Vertex>(client, vertexSelect(works)), mapLine, main);
}

/** VOSviewer's network file: a line of strength 1 for each citation, from the citing to the cited. */
export function vosviewerNetwork(
  client: pg.ClientBase,
  works: WorkSelection,
  { citations }: ExportCounts,
): AsyncGenerator<Uint8Array> {
  return copyLines(client, edgeLines(works, String.raw`citing.n || E'\t' || cited.n || E'\t1'`), citations);
}

function mapLine({ n, work, title, year, cited_by_count }: Vertex): string {
  const cells = [
    n,
    cell(work),
    cell(descriptionOf(title === null ? work : readableText(title))),
    cited_by_count,
    year ?? "",
  ];
  return `${cells.join("\t")}\n`;
}

/** In quotes, which the file's grammar requires around commas and semicolons; tabs and line ends become spaces. */
function cell(text: string): string {
  return `"${text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ").replaceAll('"', '""')}"`;
}

/** VOSviewer shows descriptions as HTML. */
function descriptionOf(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
