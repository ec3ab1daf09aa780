import { graphNodeId } from "../../../src/text/index.ts";
import { type GraphWork, type Neighbourhood, type Positions, workName } from "../graph/index.ts";
import { escapeXml } from "./xml.ts";

type Kind = "string" | "int" | "double" | "boolean";
type Value = string | number | boolean | null;

const workColumns: readonly (readonly [string, Kind, (work: GraphWork) => Value])[] = [
  ["label", "string", workName],
  ["title", "string", ({ title }) => title],
  ["authors", "string", ({ authors }) => (authors.length === 0 ? null : authors.join("; "))],
  ["year", "int", ({ year }) => year],
  ["submitted_at", "string", ({ submittedAt }) => submittedAt],
  ["category", "string", ({ category }) => category],
  ["proof", "string", ({ verification }) => verification?.proof ?? null],
  ["pith_number", "string", ({ pithNumber }) => pithNumber],
  ["arxiv_id", "string", ({ arxivId }) => arxivId],
  ["doi", "string", ({ doi }) => doi],
  ["cited_by", "int", ({ citedByCount }) => citedByCount],
  ["references", "int", ({ referenceCount }) => referenceCount],
  ["depth", "int", ({ depth }) => depth],
];

/** The graph as GraphML for Gephi, NetworkX, igraph and yEd. Unknown values are left out. */
export function toGraphml(neighbourhood: Neighbourhood, positions: Positions): string {
  const { works, citations, isTruncated, graphVersion } = neighbourhood;
  const key = (id: string, name: string, kind: Kind, of: "node" | "edge") =>
    `  <key id="${id}" for="${of}" attr.name="${name}" attr.type="${kind}"/>`;
  const ids = new Map([...works.values()].map((work) => [work.id, graphNodeId(workKey(work))]));
  const data = (id: string, value: Value) =>
    value === null ? "" : `<data key="${id}">${escapeXml(String(value))}</data>`;
  const nodes = [...works.values()].map((work) => {
    const { x = null, y = null } = positions.get(work.id) ?? {};
    const parts = workColumns.map(([name, , read]) => data(name, read(work)));
    return `    <node id="${ids.get(work.id)}">${parts.join("")}${data("x", x)}${data("y", y)}</node>`;
  });
  const edges = citations.map(
    ({ citing, cited, isInternalAnchor }) =>
      `    <edge source="${ids.get(citing)}" target="${ids.get(cited)}">${data("internal_anchor", isInternalAnchor)}</edge>`,
  );
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">',
    ...workColumns.map(([name, kind]) => key(name, name, kind, "node")),
    key("x", "x", "double", "node"),
    key("y", "y", "double", "node"),
    key("internal_anchor", "internal_anchor", "boolean", "edge"),
    '  <key id="graph_version" for="graph" attr.name="graph_version" attr.type="string"/>',
    '  <key id="truncated" for="graph" attr.name="truncated" attr.type="boolean"/>',
    '  <graph id="citations" edgedefault="directed">',
    `    ${data("graph_version", graphVersion)}${data("truncated", isTruncated)}`,
    ...nodes,
    ...edges,
    "  </graph>",
    "</graphml>",
  ].join("\n")}\n`;
}

/** The work's key, decoded from its GraphQL id, so that node ids match the server's exports. */
function workKey({ id, ref }: GraphWork): string {
  try {
    const text = new TextDecoder().decode(Uint8Array.from(atob(id), (character) => character.charCodeAt(0)));
    return text.startsWith("Work:") ? text.slice("Work:".length) : ref;
  } catch {
    return ref;
  }
}
