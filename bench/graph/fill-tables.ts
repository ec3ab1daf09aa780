import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { degreesOf, type SyntheticGraph } from "./synthetic.ts";

const copyHeader = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");
const copyTrailer = Buffer.from([0xff, 0xff]);
const referenceBytes = 64;
const edgesAtATime = 50_000;

/** The papers of the works that cite, with what a row of `papers` must have. */
const papersOfCitingWorks = `
  INSERT INTO papers (paper_id, pith_number, canonical_sha256, work_id, source_kind, source_id, submitted_at,
    cross_categories, authors, record_standing, proof, claim_count, references_known, internal_anchors_known,
    state_sha256, event_count, valid_event_count, equivocation_count, record_hash, receipt, title_binding,
    claims_hash, references_hash, published_state_hash)
  SELECT work_id, 'pith:' || work_id, '', work_id, 'arxiv', key, '2000-01-01T00:00:00Z', '{}', '{}', 'signed', 'signed',
    0, reference_count, 0, '', 1, 1, 0, 'PASSED', 'PASSED', 'PASSED', 'PASSED', 'PASSED', 'PASSED'
  FROM works WHERE reference_count > 0`;

/**
 * Writes a graph directly into `works`, `work_identifiers`, `papers` and `references`, which must be empty, without
 * documents. Indexes of references are created afterwards, like by a restored dump.
 */
export async function fillTables(client: pg.ClientBase, graph: SyntheticGraph): Promise<void> {
  await client.query("SET maintenance_work_mem = '512MB'");
  const { rows: indexes } = await client.query<{ drop: string; make: string }>(
    `SELECT coalesce('ALTER TABLE "references" DROP CONSTRAINT ' || conname, 'DROP INDEX ' || indexrelid::regclass) AS drop,
       coalesce('ALTER TABLE "references" ADD CONSTRAINT ' || conname || ' ' || pg_get_constraintdef(pg_constraint.oid),
                pg_get_indexdef(indexrelid)) AS make
     FROM pg_index LEFT JOIN pg_constraint ON conindid = indexrelid WHERE indrelid = '"references"'::regclass`,
  );
  for (const { drop } of indexes) await client.query(drop);
  const { references, citedBy } = degreesOf(graph);
  await copyLines(
    client,
    "works (work_id, key, title, year, cited_by_count, citing_paper_count, reference_count)",
    graph.arxivIds,
    (arxivId, vertex) =>
      `${graph.ids[vertex]}\tarxiv:${arxivId}\tThe paper ${arxivId}\t2020\t${citedBy[vertex]}\t${citedBy[vertex]}\t${references[vertex]}\n`,
  );
  await copyLines(
    client,
    "work_identifiers (identifier_id, kind, value, work_id)",
    graph.arxivIds,
    (arxivId, vertex) => `${graph.ids[vertex]}\tarxiv\t${arxivId}\t${graph.ids[vertex]}\n`,
  );
  await client.query(papersOfCitingWorks);
  await copyReferences(client, graph);
  for (const { make } of indexes) await client.query(make);
  await client.query(
    `INSERT INTO totals (name, value) VALUES ('works', ${graph.ids.length}), ('citations', ${graph.citing.length})
     ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
  );
  await client.query('VACUUM (ANALYZE) works, work_identifiers, papers, "references"');
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

const referenceColumns =
  "paper_id, cited_work_id, submitted_at, ordinal, ref_index, is_internal_anchor, has_arxiv_id";

/** All with the date 2000-01-01, which binary COPY represents as 0, and numbered as the graph lists them. */
async function copyReferences(client: pg.ClientBase, { ids, citing, cited }: SyntheticGraph): Promise<void> {
  await copy(client, `COPY "references" (${referenceColumns}) FROM STDIN (FORMAT binary)`, function* () {
    yield copyHeader;
    for (let from = 0; from < citing.length; from += edgesAtATime) {
      const count = Math.min(edgesAtATime, citing.length - from);
      const bytes = Buffer.alloc(count * referenceBytes);
      for (let index = 0, at = 0; index < count; index++, at += referenceBytes) {
        bytes.writeUInt16BE(7, at);
        bytes.writeUInt32BE(8, at + 2);
        bytes.writeBigUInt64BE(ids[citing[from + index] as number] as bigint, at + 6);
        bytes.writeUInt32BE(8, at + 14);
        bytes.writeBigUInt64BE(ids[cited[from + index] as number] as bigint, at + 18);
        bytes.writeUInt32BE(8, at + 26);
        bytes.writeUInt32BE(4, at + 38);
        bytes.writeUInt32BE(from + index, at + 42);
        bytes.writeUInt32BE(4, at + 46);
        bytes.writeUInt32BE(from + index + 1, at + 50);
        bytes.writeUInt32BE(1, at + 54);
        bytes.writeUInt32BE(1, at + 59);
        bytes.writeUInt8(1, at + 63);
      }
      yield bytes;
    }
    yield copyTrailer;
  });
}

async function copy(client: pg.ClientBase, command: string, pieces: () => Iterable<Buffer>): Promise<void> {
  await pipeline(Readable.from(pieces(), { objectMode: false }), client.query(copyFrom(command)));
}
