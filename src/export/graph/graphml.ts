import type pg from "pg";
import { copyLines, type ExportCounts, readRows, writeRows } from "../copy-out.ts";
import type { ChosenWorks } from "./chosen-works.ts";
import { edgeLines, type Vertex, vertexSelect } from "./graph-select.ts";
import { xmlText } from "./xml-text.ts";

/** What a vertex tells; the texts of `attr.type` are GraphML's. */
const attributes = [
  ["work", "string"],
  ["title", "string"],
  ["year", "int"],
  ["cited_by_count", "int"],
  ["pith_number", "string"],
] as const satisfies readonly (readonly [keyof Vertex, string])[];

const head = `<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
${attributes.map(([name, type]) => `<key id="${name}" for="node" attr.name="${name}" attr.type="${type}"/>`).join("\n")}
<key id="is_internal_anchor" for="edge" attr.name="is_internal_anchor" attr.type="boolean"/>
<graph id="citations" edgedefault="directed">
`;

const edge =
  `'<edge source="n' || citing.n || '" target="n' || cited.n || '"><data key="is_internal_anchor">' ` +
  "|| c.is_internal_anchor::text || '</data></edge>'";

/** Works and citations as GraphML: a vertex `n<number>` for each work, a directed edge for each citation. */
export async function* graphml(
  client: pg.ClientBase,
  works: ChosenWorks,
  { main, citations }: ExportCounts,
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(head);
  yield* writeRows(readRows<Vertex>(client, vertexSelect(works)), nodeText, main);
  yield* copyLines(client, edgeLines(works, edge), citations);
  yield Buffer.from("</graph>\n</graphml>\n");
}

function nodeText(vertex: Vertex): string {
  let data = "";
  for (const [name] of attributes) {
    const value = vertex[name];
    if (value !== null) data += `<data key="${name}">${xmlText(String(value))}</data>`;
  }
  return `<node id="n${vertex.n}">${data}</node>\n`;
}
