import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DirectedGraph } from "graphology";
import { parse } from "graphology-graphml";
import { tableFormats, tableNames } from "../../src/export/index.ts";
import { openDuckDb } from "./readers.ts";

/** A count that a program read from a file of the dump. */
export type Reread = {
  readonly file: string;
  readonly by: string;
  readonly counts: Readonly<Record<string, number>>;
};

/** Opens each file of a dump with another program, and yields its counts. */
export async function* reread(folder: string): AsyncGenerator<Reread> {
  const ask = await openDuckDb();
  const readers = {
    csv: (path: string) => `read_csv('${path}', header = true, delim = ',', quote = '"', escape = '"')`,
    ndjson: (path: string) => `read_json('${path}', format = 'newline_delimited')`,
    parquet: (path: string) => `read_parquet('${path}')`,
  } as const;
  for (const format of tableFormats) {
    for (const name of tableNames) {
      const file = `${name}.${format}`;
      const [row = []] = await ask(`SELECT count(*) FROM ${readers[format](join(folder, file))}`);
      yield { file, by: "DuckDB", counts: { rows: Number(row[0]) } };
    }
  }
  const text = (file: string) => readFileSync(join(folder, file), "utf8");
  const graph = parse(DirectedGraph, text("graph.graphml"));
  yield {
    file: "graph.graphml",
    by: "graphology-graphml",
    counts: { works: graph.order, citations: graph.size },
  };
  const networkx = spawnSync("python3", ["-c", pajekCounts, join(folder, "graph.net")], { encoding: "utf8" });
  if (networkx.status === 0) {
    const [works, citations] = JSON.parse(networkx.stdout) as [number, number];
    yield { file: "graph.net", by: "networkx", counts: { works, citations } };
  } else console.log("  graph.net: not read again, because there is no Python with networkx");
  const rowsOf = async (file: string, isHeaded: boolean) => {
    const source = `read_csv('${join(folder, file)}', delim = '\t', header = ${isHeaded}, quote = '"', escape = '"')`;
    return Number((await ask(`SELECT count(*) FROM ${source}`))[0]?.[0]);
  };
  yield {
    file: "vosviewer-map.txt",
    by: "DuckDB",
    counts: { works: await rowsOf("vosviewer-map.txt", true) },
  };
  yield {
    file: "vosviewer-network.txt",
    by: "DuckDB",
    counts: { citations: await rowsOf("vosviewer-network.txt", false) },
  };
  const { Cite } = await import("@citation-js/core");
  await import("@citation-js/plugin-bibtex");
  await import("@citation-js/plugin-ris");
  for (const [file, forceType] of [
    ["papers.bib", "@bibtex/text"],
    ["papers.ris", "@ris/file"],
    ["papers.csl.json", "@else/json"],
  ] as const) {
    yield { file, by: "citation-js", counts: { papers: new Cite(text(file), { forceType }).data.length } };
  }
}

const pajekCounts = `import sys, json, networkx as nx
graph = nx.read_pajek(sys.argv[1])
print(json.dumps([graph.number_of_nodes(), graph.number_of_edges()]))`;
