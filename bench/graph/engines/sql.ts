import { querySql } from "../../../src/graph/sql-graph.ts";
import { openDatabase } from "../../../src/store/index.ts";
import { readEdgeList } from "../edge-list.ts";
import type { Engine, Site } from "../engine.ts";
import { type Comparable, first, type Question } from "../questions.ts";

const hops = (from: string, to: string) => `
  WITH RECURSIVE reached(work_id, depth) AS (
    SELECT $1::bigint, 0
    UNION SELECT ${to}, depth + 1 FROM reached JOIN plain.citations ON ${from} = work_id WHERE depth < $2)
  SELECT count(DISTINCT work_id)::int AS count FROM reached`;

const related = (mine: string, shared: string, degree: string) => `
  SELECT work_id::text AS id, count::int FROM (
    SELECT theirs.${mine} AS work_id, count(*) AS count
    FROM plain.citations AS own JOIN plain.citations AS theirs USING (${shared})
    WHERE own.${mine} = $1 AND theirs.${mine} <> $1 GROUP BY 1) AS found
  JOIN plain.works ON id = work_id ORDER BY count * count / ${degree}::float8 DESC, work_id LIMIT ${first}`;

const statements = {
  hops: hops("citing_work_id", "cited_work_id"),
  hopsBack: hops("cited_work_id", "citing_work_id"),
  coupling: related("citing_work_id", "cited_work_id", "reference_count"),
  coCitation: related("cited_work_id", "citing_work_id", "cited_by_count"),
};

/** The maximum number of edges of all iterations: more would take minutes. */
const maxRankedSteps = 10_000_000;

/**
 * Recursive SQL on a plain table of citations, indexed in both directions. A shortest path is computed level by level from both ends, like in our
 * SQL back end, because a recursive statement cannot stop when both meet.
 */
export async function openSql({ edgeList, connection, maxConnections }: Site): Promise<Engine> {
  const { ids, citing } = readEdgeList(edgeList);
  const places = new Map(Array.from(ids, (id, place) => [id, place]));
  const placeOf = (id: bigint | string) => places.get(BigInt(id)) as number;
  const { pool, close } = openDatabase({ connection, maxConnections });
  const query = async <Row extends object>(name: keyof typeof statements, values: readonly unknown[]) =>
    (await pool.query<Row>({ name, text: statements[name], values: [...values] })).rows;
  const { rows } = await pool.query<{ version: string; bytes: string }>(
    "SELECT current_setting('server_version') AS version, pg_total_relation_size('plain.citations')::text AS bytes",
  );
  const idOf = (place: number) => ids[place] as bigint;

  const pageRank = async (iterations: number): Promise<string[]> => {
    const count = ids.length;
    await pool.query(`CREATE TEMP TABLE ranks AS SELECT id, 1.0::float8 / ${count} AS rank FROM plain.works`);
    for (let iteration = 0; iteration < iterations; iteration++) {
      await pool.query(`CREATE TEMP TABLE next AS
        WITH shares AS (SELECT id, rank / reference_count AS share FROM ranks JOIN plain.works USING (id) WHERE reference_count > 0),
        handed AS (SELECT cited_work_id AS id, sum(share) AS sum FROM plain.citations JOIN shares ON citing_work_id = id GROUP BY 1),
        dangling AS (SELECT coalesce(sum(rank), 0) AS sum FROM ranks JOIN plain.works USING (id) WHERE reference_count = 0)
        SELECT id, (0.15 + 0.85 * (SELECT sum FROM dangling)) / ${count} + 0.85 * coalesce(sum, 0) AS rank
        FROM plain.works LEFT JOIN handed USING (id)`);
      await pool.query("DROP TABLE ranks; ALTER TABLE next RENAME TO ranks");
    }
    const { rows } = await pool.query<{ id: string }>(
      `SELECT id::text FROM ranks ORDER BY rank DESC, ranks.id LIMIT ${first}`,
    );
    await pool.query("DROP TABLE ranks");
    return rows.map(({ id }) => id);
  };

  const ask = async (question: Question): Promise<unknown> => {
    switch (question.kind) {
      case "hops": {
        const name = question.isBack ? "hopsBack" : "hops";
        return (await query<{ count: number }>(name, [idOf(question.from), question.depth]))[0]?.count;
      }
      case "path": {
        const input = {
          from: idOf(question.from),
          to: idOf(question.to),
          direction: "REFERENCES",
          maxDepth: 1_000_000,
        } as const;
        return (await querySql(pool, "path", input, {})).result.workIds;
      }
      case "related":
        return query(question.by === "CO_CITATION" ? "coCitation" : "coupling", [idOf(question.work)]);
      case "pagerank":
        return pageRank(question.iterations);
    }
  };
  return {
    version: `PostgreSQL ${rows[0]?.version}`,
    load: { from: "already in the tables", milliseconds: 0 },
    bytes: Number(rows[0]?.bytes),
    skipReasonOf: (question) =>
      question.kind === "pagerank" && citing.length * question.iterations > maxRankedSteps
        ? "takes minutes"
        : null,
    ask,
    read(question, answer): Comparable {
      const raw: unknown = answer;
      switch (question.kind) {
        case "hops":
          return raw as number;
        case "path":
          return raw === null ? -1 : (raw as bigint[]).length - 1;
        case "related":
          return (raw as { id: string; count: number }[]).map(
            ({ id, count }) => [placeOf(id), count] as const,
          );
        case "pagerank":
          return (raw as string[]).map(placeOf);
      }
    },
    close,
  };
}
