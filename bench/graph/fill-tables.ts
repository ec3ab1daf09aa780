import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { degreesOf, type SyntheticGraph } from "./synthetic.ts";

const copyHeader = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");
const copyTrailer = Buffer.from([0xff, 0xff]);
const edgeBytes = 31;
const edgesAtATime = 50_000;

/**
 * Writes a graph directly into `works`, `work_identifiers` and `citations`, which must be empty, without documents,
 * papers and references. Indexes are created afterwards, like by a restored dump.
 */
export async function fillTables(client: pg.ClientBase, graph: SyntheticGraph): Promise<void> {
  await client.query("SET maintenance_work_mem = '512MB'");
  const { rows: indexes } = await client.query<{ drop: string; make: string }>(
    `SELECT coalesce('ALTER TABLE citations DROP CONSTRAINT ' || conname, 'DROP INDEX ' || indexrelid::regclass) AS drop,
       coalesce('ALTER TABLE citations ADD CONSTRAINT ' || conname || ' ' || pg_get_constraintdef(pg_constraint.oid),
                pg_get_indexdef(indexrelid)) AS make
     FROM pg_index LEFT JOIN pg_constraint ON conindid = indexrelid WHERE indrelid = 'citations'::regclass`,
  );
  for (const { drop } of indexes) await client.query(drop);
  const { references, citedBy } = degreesOf(graph);
  await copyLines(
    client,
    "works (work_id, key, title, year, cited_by_count, citing_paper_count, reference_count)",
    graph.arxivIds,
    (arxivId, vertex) =>
      `${graph.ids[vertex]}\tarxiv:${arxivId}\tThe paper ${arxivId}\t2020\t${citedBy[vertex]}\t0\t${references[vertex]}\n`,
  );
  await copyLines(
    client,
    "work_identifiers (identifier_id, kind, value, work_id)",
    graph.arxivIds,
    (arxivId, vertex) => `${graph.ids[vertex]}\tarxiv\t${arxivId}\t${graph.ids[vertex]}\n`,
  );
  await copyEdges(client, graph);
  for (const { make } of indexes) await client.query(make);
  await client.query(
    `INSERT INTO totals (name, value) VALUES ('works', ${graph.ids.length}), ('citations', ${graph.citing.length})
     ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
  );
  await client.query("VACUUM (ANALYZE) works, work_identifiers, citations");
}

async function copyLines(
  client: pg.ClientBase,
  into: string,
  arxivIds: readonly string[],
  lineOf: (arxivId: string, vertex: number) => string,
): Promise<void> {
  await copy(client, `COPY ${into} FROM STDIN`, function* () {
    for (let from = 0; from < arxivIds.length; from += edgesAtATime) {
      const page = arxivIds.slice(from, from + edgesAtATime);
      yield Buffer.from(page.map((arxivId, index) => lineOf(arxivId, from + index)).join(""));
    }
  });
}

async function copyEdges(client: pg.ClientBase, { ids, citing, cited }: SyntheticGraph): Promise<void> {
  await copy(client, "COPY citations FROM STDIN (FORMAT binary)", function* () {
    yield copyHeader;
    for (let from = 0; from < citing.length; from += edgesAtATime) {
      const count = Math.min(edgesAtATime, citing.length - from);
      const bytes = Buffer.alloc(count * edgeBytes);
      for (let index = 0, at = 0; index < count; index++, at += edgeBytes) {
        bytes.writeUInt16BE(3, at);
        bytes.writeUInt32BE(8, at + 2);
        bytes.writeBigUInt64BE(ids[citing[from + index] as number] as bigint, at + 6);
        bytes.writeUInt32BE(8, at + 14);
        bytes.writeBigUInt64BE(ids[cited[from + index] as number] as bigint, at + 18);
        bytes.writeUInt32BE(1, at + 26);
      }
      yield bytes;
    }
    yield copyTrailer;
  });
}

async function copy(client: pg.ClientBase, command: string, pieces: () => Iterable<Buffer>): Promise<void> {
  await pipeline(Readable.from(pieces(), { objectMode: false }), client.query(copyFrom(command)));
}
