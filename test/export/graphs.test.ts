import { spawnSync } from "node:child_process";
import { DirectedGraph } from "graphology";
import { parse } from "graphology-graphml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ExportedNeighbourhood, graphFiles } from "../../src/export/index.ts";

import { workIdOf } from "../../src/row-rules/index.ts";
import { graphNodeId, readableText } from "../../src/text/index.ts";
import { createClient } from "../api/client.ts";
import { documentOf, referenceOf } from "../api/fixtures/documents.ts";
import { ingestTexts } from "../api/fixtures/library.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { exported, given } from "./exported.ts";
import { arxivIdOf, fill, hostileTitles } from "./library.ts";

let database: TestDatabase;
/** The content of the tables: titles by key, and edges as pairs of keys. */
let titles: Map<string, string | null>;
let edges: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  await fill(database);
  const citesUntitled = documentOf({
    arxivId: "2302.00001",
    submittedAt: "2023-02-01T00:00:00Z",
    title: "It cites a work without a title",
    references: [referenceOf(1, { arxivId: "2302.00002", title: "" })],
  });
  await ingestTexts(database, [citesUntitled.text]);
  const works = await database.pool.query<{ work: string; title: string | null }>(
    "SELECT work, title FROM analytics.works",
  );
  titles = new Map(works.rows.map(({ work, title }) => [work, title]));
  const citations = await database.pool.query<{ edge: string }>(
    "SELECT citing_work || ' -> ' || cited_work || ' ' || is_internal_anchor AS edge FROM analytics.citations",
  );
  edges = citations.rows.map(({ edge }) => edge).sort();
});
afterAll(() => database.drop());

const around: ExportedNeighbourhood = {
  roots: [workIdOf(`arxiv:${arxivIdOf(1)}`)],
  direction: "REFERENCES",
  depth: 1,
  maximumWorks: 100,
};

async function graphOf(neighbourhood: ExportedNeighbourhood | null) {
  const [file] = graphFiles("graphml", neighbourhood);
  const result = await exported(database, given(file));
  return { ...result, graph: parse(DirectedGraph, result.text) };
}

describe("GraphML read by graphology", () => {
  test("contains all works and citations", async () => {
    const { graph, rows, citations } = await graphOf(null);
    expect([graph.order, graph.size]).toEqual([titles.size, edges.length]);
    expect([rows, citations]).toEqual([titles.size, edges.length]);
    const work = (node: string) => String(graph.getNodeAttribute(node, "work"));
    expect(
      graph
        .mapEdges(
          (_, { is_internal_anchor }, citing, cited) =>
            `${work(citing)} -> ${work(cited)} ${is_internal_anchor}`,
        )
        .sort(),
    ).toEqual(edges);
    for (const {
      node,
      attributes: { title },
    } of graph.nodeEntries()) {
      // XML forbids one character of the titles.
      const stored = titles.get(work(node)) ?? undefined;
      expect(title).toBe(stored === undefined ? stored : readableText(stored).replaceAll("\ufffe", "\ufffd"));
    }
  });

  /** @input I19 */
  test("labels a work by its title, or else by its identifier", async () => {
    const { graph, text } = await graphOf(null);
    const labels = graph.mapNodes((_, { label, title, work }) => [label, title ?? work]);
    for (const [label, shown] of labels) expect(label).toBe(shown);
    expect(graph.getNodeAttribute("arxiv:2302.00002", "label")).toBe("arxiv:2302.00002");
    // The label element of yEd.
    expect(text.match(/<y:NodeLabel>/g)).toHaveLength(graph.order);
  });

  /** @input I20 */
  test("uses the same node id for a work in every export, also if its identifier has quotes", async () => {
    const [all, part] = [await graphOf(null), await graphOf(around)];
    for (const { graph } of [all, part]) {
      for (const { node, attributes } of graph.nodeEntries())
        expect(node).toBe(graphNodeId(String(attributes["work"])));
    }
    for (const node of part.graph.nodes()) {
      expect(all.graph.getNodeAttribute(node, "work")).toBe(part.graph.getNodeAttribute(node, "work"));
    }
    expect(all.graph.hasNode(`arxiv:${arxivIdOf(1)}`)).toBe(true);
    expect(all.graph.inDegree("doi:10.1000/a%22b;c%2Cd")).toBeGreaterThan(0);
    expect(graphNodeId("doi:10.1/é %<&")).toBe("doi:10.1/%C3%A9%20%25%3C%26");
  });

  test("of a neighbourhood contains the works and citations of the API's citationGraph", async () => {
    const { graph } = await graphOf(around);
    const { citationGraph } = await createClient(database).ask<{
      citationGraph: { nodes: { work: { arxivId: string | null } }[]; edges: unknown[] };
    }>(
      `{ citationGraph(roots: ["${arxivIdOf(1)}"], direction: REFERENCES, depth: 1) { nodes { work { arxivId } } edges { isInternalAnchor } } }`,
    );
    expect(graph.order).toBe(5);
    expect([graph.order, graph.size]).toEqual([citationGraph.nodes.length, citationGraph.edges.length]);
    const works = graph.mapNodes((_, { work }) => String(work));
    for (const { work } of citationGraph.nodes) {
      if (work.arxivId !== null) expect(works).toContain(`arxiv:${work.arxivId}`);
    }
  });

  test("reports whether works are left out at maximumWorks", async () => {
    const cut: boolean[] = [];
    for (const maximumWorks of [4, 5]) {
      const [file] = graphFiles("graphml", { ...around, maximumWorks }, ({ isTruncated: isCut }) =>
        cut.push(isCut),
      );
      expect((await exported(database, given(file))).rows).toBe(maximumWorks);
    }
    expect(cut).toEqual([true, false]);
  });
});

/** Parses the Pajek format strictly. */
function readPajek(text: string): { labels: string[]; arcs: string[] } {
  const [head = "", ...lines] = text.trimEnd().split("\n");
  const count = Number(/^\*Vertices (\d+)$/.exec(head)?.[1]);
  const labels = lines.slice(0, count).map((line, index) => {
    const [, number, label] = /^(\d+) "([^"]*)"$/.exec(line) ?? [];
    expect(number).toBe(String(index + 1));
    return given(label);
  });
  expect(lines[count]).toBe("*Arcs");
  const arcs = lines.slice(count + 1).map((line) => {
    const [, citing, cited] = /^(\d+) (\d+) 1$/.exec(line) ?? [];
    return `${labels[Number(citing) - 1]} -> ${labels[Number(cited) - 1]}`;
  });
  return { labels, arcs };
}

const withoutFlag = () => edges.map((edge) => edge.replace(/ (?:true|false)$/, "")).sort();
const findsNetworkx = "import sys, importlib.util as u; sys.exit(u.find_spec('networkx') is None)";
const noNetworkx =
  spawnSync("python3", ["-c", findsNetworkx]).status === 0 ? "" : " (skipped: Python's networkx not found)";

/** Prints the nodes and edges that networkx reads from a Pajek network and from GraphML. */
const readWithNetworkx = `import sys, json, networkx as nx
pajek, graphml = json.load(sys.stdin)
net, xml = nx.parse_pajek(pajek.split("\\n")), nx.parse_graphml(graphml)
print(json.dumps({"nodes": list(net.nodes), "edges": [f"{a} -> {b}" for a, b, *_ in net.edges],
                  "graphml": [xml.number_of_nodes(), xml.number_of_edges()]}))`;

describe("Pajek", () => {
  // DOIs may contain quotes, labels may not.
  const label = (text: string) => text.replaceAll('"', "'");

  test("contains all works and citations", async () => {
    const [file] = graphFiles("pajek", null);
    const { text, rows, citations } = await exported(database, given(file));
    const { labels, arcs } = readPajek(text);
    expect(labels).toEqual([...titles.keys()].map(label).sort());
    expect(arcs.sort()).toEqual(withoutFlag().map(label).sort());
    expect([rows, citations]).toEqual([labels.length, arcs.length]);
  });

  test.skipIf(noNetworkx !== "")(`is read by networkx${noNetworkx}`, async () => {
    const files = [...graphFiles("pajek", null), ...graphFiles("graphml", null)];
    const texts = await Promise.all(files.map(async (file) => (await exported(database, file)).text));
    const { stdout, stderr } = spawnSync("python3", ["-c", readWithNetworkx], {
      input: JSON.stringify(texts),
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    const read = JSON.parse(stdout) as { nodes: string[]; edges: string[]; graphml: number[] };
    expect(read.nodes.sort()).toEqual([...titles.keys()].map(label).sort());
    expect(read.edges.sort()).toEqual(withoutFlag().map(label).sort());
    expect(read.graphml).toEqual([titles.size, edges.length]);
  });
});

test("the map and network files of VOSviewer name the same works", async () => {
  const [map, network] = graphFiles("vosviewer", null);
  const { text, rows } = await exported(database, given(map));
  const [head, ...lines] = text.trimEnd().split("\n");
  expect(head).toBe("id\tlabel\tdescription\tweight<Citations>\tscore<Year>");
  expect(lines).toHaveLength(rows);
  const unquoted = (cell = "") => /^"((?:[^"]|"")*)"$/.exec(cell)?.[1]?.replaceAll('""', '"');
  const labels = lines.map((line, index) => {
    const cells = line.split("\t");
    expect(cells).toHaveLength(5);
    expect(cells[0]).toBe(String(index + 1));
    expect(cells[2]).not.toMatch(/<|>/);
    return given(unquoted(cells[1]));
  });
  expect(labels).toEqual([...titles.keys()].sort());
  const links = await exported(database, given(network));
  expect(
    links.text
      .trimEnd()
      .split("\n")
      .map((line) => {
        const [citing, cited, strength] = line.split("\t");
        expect(strength).toBe("1");
        return `${labels[Number(citing) - 1]} -> ${labels[Number(cited) - 1]}`;
      })
      .sort(),
  ).toEqual(withoutFlag());
  expect(links.citations).toBe(edges.length);
  expect(hostileTitles.length).toBeGreaterThan(3);
});
