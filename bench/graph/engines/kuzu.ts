import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { degreesOf, readEdgeList } from "../edge-list.ts";
import type { Engine, Site } from "../engine.ts";
import { loadPeer, versionOfPeer } from "../peers.ts";
import { type Comparable, first, type Question } from "../questions.ts";

/** The part of kuzu's API that is used here. */
type Row = Readonly<Record<string, number>>;
type Result = { getAll(): Promise<Row[]>; close(): void };
type Statement = { isSuccess(): boolean; getErrorMessage(): string };
type Connection = {
  query(text: string): Promise<Result>;
  prepare(text: string): Promise<Statement>;
  execute(statement: Statement, values: Readonly<Record<string, number>>): Promise<Result>;
  close(): Promise<void>;
};
type Kuzu = {
  readonly Database: new (path: string) => { close(): Promise<void> };
  readonly Connection: new (database: object) => Connection;
};

/** kuzu's default is 30, which some shortest paths of hep-th exceed. */
const longestPath = 1000;

const texts = {
  ...Object.fromEntries(
    [1, 2, 3, 4].flatMap((depth) =>
      [false, true].map((isBack) => [
        `hops${depth}${isBack}`,
        `MATCH (a:Work {id: $id})${isBack ? "<" : ""}-[:Cites* SHORTEST 1..${depth}]-${isBack ? "" : ">"}(b:Work)
         WHERE b.id <> $id RETURN count(DISTINCT b.id) + 1 AS count`,
      ]),
    ),
  ),
  path: `MATCH p = (a:Work {id: $from})-[:Cites* SHORTEST 1..${longestPath}]->(b:Work {id: $to}) RETURN length(p) AS length`,
  BIBLIOGRAPHIC_COUPLING: `MATCH (a:Work {id: $id})-[:Cites]->(:Work)<-[:Cites]-(b:Work) WHERE b.id <> $id
    WITH b, count(*) AS n RETURN b.id AS id, n ORDER BY CAST(n * n AS DOUBLE) / b.referenceCount DESC, id LIMIT ${first}`,
  CO_CITATION: `MATCH (a:Work {id: $id})<-[:Cites]-(:Work)-[:Cites]->(b:Work) WHERE b.id <> $id
    WITH b, count(*) AS n RETURN b.id AS id, n ORDER BY CAST(n * n AS DOUBLE) / b.citedByCount DESC, id LIMIT ${first}`,
};

/** An embedded graph database, queried with prepared Cypher statements. */
export async function openKuzu({ edgeList, folder }: Site): Promise<Engine> {
  const kuzu = loadPeer<Kuzu>("kuzu");
  const list = readEdgeList(edgeList);
  const { references, citedBy } = degreesOf(list);
  const nodes = join(folder, "works.csv");
  const edges = join(folder, "citations.csv");
  await writeLines(nodes, list.ids.length, (place) => `${place},${references[place]},${citedBy[place]}\n`);
  await writeLines(edges, list.citing.length, (edge) => `${list.citing[edge]},${list.cited[edge]}\n`);

  const database = new kuzu.Database(join(folder, "graph.kuzu"));
  const connection = new kuzu.Connection(database);
  const run = async (text: string) => (await connection.query(text)).getAll();
  const start = performance.now();
  await run("CREATE NODE TABLE Work(id INT64, referenceCount INT64, citedByCount INT64, PRIMARY KEY(id))");
  await run("CREATE REL TABLE Cites(FROM Work TO Work)");
  await run(`COPY Work FROM '${nodes}'`);
  await run(`COPY Cites FROM '${edges}'`);
  const milliseconds = performance.now() - start;
  await run(`CALL var_length_extend_max_depth=${longestPath}`);
  await run("CALL project_graph('Citations', ['Work'], ['Cites'])");
  const statements = new Map<string, Statement>();
  for (const [name, text] of Object.entries(texts)) {
    const statement = await connection.prepare(text);
    if (!statement.isSuccess()) throw new Error(`${name}: ${statement.getErrorMessage()}`);
    statements.set(name, statement);
  }
  // One at a time, because a statement's values are bound to the connection's only copy of it.
  let last: Promise<unknown> = Promise.resolve();
  const execute = (name: string, values: Readonly<Record<string, number>>): Promise<Row[]> => {
    const rows = last.then(async () => {
      const result = await connection.execute(statements.get(name) as Statement, values);
      try {
        return await result.getAll();
      } finally {
        result.close();
      }
    });
    last = rows.catch(() => {});
    return rows;
  };
  const ask = (question: Question): Promise<Row[]> => {
    switch (question.kind) {
      case "hops":
        return execute(`hops${question.depth}${question.isBack}`, { id: question.from });
      case "path":
        return execute("path", { from: question.from, to: question.to });
      case "related":
        return execute(question.by, { id: question.work });
      case "pagerank":
        return run(
          `CALL page_rank('Citations', dampingFactor := 0.85, maxIterations := ${question.iterations}, tolerance := 0.0)
           RETURN node.id AS id, rank ORDER BY rank DESC, id LIMIT ${first}`,
        );
    }
  };
  return {
    version: `kuzu ${versionOfPeer("kuzu")}`,
    load: { from: "COPY from CSV files", milliseconds },
    bytes: null,
    // It drops the rank of works without references instead of distributing it: the order is the same after
    // convergence.
    isOther: (question) => question.kind === "pagerank" && question.iterations < 100,
    ask,
    read(question, answer): Comparable {
      const rows: readonly Row[] = answer;
      switch (question.kind) {
        case "hops":
          return Number(rows[0]?.["count"]);
        case "path":
          if (question.from === question.to) return 0;
          return rows.length === 0 ? -1 : Number(rows[0]?.["length"]);
        case "related":
          return rows.map(({ id, n }) => [Number(id), Number(n)] as const);
        case "pagerank":
          return rows.map(({ id }) => Number(id));
      }
    },
    async close() {
      await connection.close();
      await database.close();
    },
  };
}

async function writeLines(path: string, count: number, lineOf: (index: number) => string): Promise<void> {
  const atATime = 100_000;
  const pieces = function* () {
    for (let from = 0; from < count; from += atATime) {
      let text = "";
      for (let index = from; index < Math.min(count, from + atATime); index++) text += lineOf(index);
      yield text;
    }
  };
  await pipeline(Readable.from(pieces()), createWriteStream(path));
}
