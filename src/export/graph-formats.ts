import type pg from "pg";
import { graphNodeId, readableText } from "../text/index.ts";
import { copyLines, type ExportCounts, readSelectedRows, writeRows } from "./copy-out.ts";
import { countSelect, edgeLines, type Vertex, vertexSelect, type WorkSelection } from "./graph-rows.ts";

/** The attributes of a vertex; the texts of `attr.type` are GraphML's. Gephi shows `label`. */
const attributes: readonly (readonly [
  name: string,
  type: string,
  read: (vertex: Vertex) => string | number | null,
])[] = [
  ["label", "string", labelOf],
  ["work", "string", ({ work }) => work],
  ["title", "string", titleOf],
  ["year", "int", ({ year }) => year],
  ["cited_by_count", "int", ({ cited_by_count }) => cited_by_count],
  ["pith_number", "string", ({ pith_number }) => pith_number],
];

function titleOf({ title }: Vertex): string | null {
  return title === null ? null : readableText(title);
}

/** The title, else the work's key. */
function labelOf(vertex: Vertex): string {
  return titleOf(vertex) || vertex.work;
}

const graphmlHead = `<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:y="http://www.yworks.com/xml/graphml" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
${attributes.map(([name, type]) => `<key id="${name}" for="node" attr.name="${name}" attr.type="${type}"/>`).join("\n")}
<key id="graphics" for="node" yfiles.type="nodegraphics"/>
<key id="is_internal_anchor" for="edge" attr.name="is_internal_anchor" attr.type="boolean"/>
<graph id="citations" edgedefault="directed">
`;

const graphmlEdge =
  `'<edge source="' || citing.node || '" target="' || cited.node || '"><data key="is_internal_anchor">' ` +
  "|| c.is_internal_anchor::text || '</data></edge>'";

/** Works and citations as GraphML: a vertex for each work, a directed edge for each citation. Vertex ids are stable. */
export async function* graphml(
  client: pg.ClientBase,
  works: WorkSelection,
  { main, citations }: ExportCounts,
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(graphmlHead);
  yield* writeRows(readSelectedRows<Vertex>(client, vertexSelect(works)), nodeText, main);
  yield* copyLines(client, edgeLines(works, graphmlEdge), citations);
  yield Buffer.from("</graph>\n</graphml>\n");
}

function nodeText(vertex: Vertex): string {
  let data = "";
  for (const [name, , read] of attributes) {
    const value = read(vertex);
    if (value !== null) data += `<data key="${name}">${xmlText(String(value))}</data>`;
  }
  // yEd displays no attributes by default.
  const graphics = `<y:ShapeNode><y:NodeLabel>${xmlText(labelOf(vertex))}</y:NodeLabel></y:ShapeNode>`;
  return `<node id="${graphNodeId(vertex.work)}">${data}<data key="graphics">${graphics}</data></node>\n`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
  // These are line ends in XML 1.1.
  "\u0085": "&#133;",
  "\u2028": "&#8232;",
};

/**
 * Any text for XML 1.0, in an element or an attribute: markup is escaped, and the characters that XML cannot represent
 * (most controls, U+FFFE, U+FFFF) become U+FFFD.
 */
function xmlText(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"\t\n\r\u0085\u2028]/g, (character) => entities[character] ?? "");
}

/**
 * Works and citations as a Pajek network (`.net`): numbered vertices, labelled with the works' keys, then arcs of
 * weight 1. Titles are not included: Pajek's labels have no escapes, and should be unique.
 */
export async function* pajek(
  client: pg.ClientBase,
  works: WorkSelection,
  { main, citations }: ExportCounts,
): AsyncGenerator<Uint8Array> {
  const { rows } = await client.query<{ count: number }>(countSelect(works));
  yield Buffer.from(`*Vertices ${rows[0]?.count ?? 0}\n`);
  yield* writeRows(
    readSelectedRows<Vertex>(client, vertexSelect(works)),
    ({ n, work }) => `${n} "${pajekLabel(work)}"\n`,
    main,
  );
  yield Buffer.from("*Arcs\n");
  yield* copyLines(client, edgeLines(works, "citing.n || ' ' || cited.n || ' 1'"), citations);
}

/** A label between quotes, which Pajek cannot escape: they become single quotes, and other white space a space. */
function pajekLabel(text: string): string {
  return text.replaceAll('"', "'").replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ");
}

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
