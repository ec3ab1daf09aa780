import type pg from "pg";
import { startBenchServer } from "./bench-server.ts";
import { readCitations } from "./corpus.ts";
import { postgresSeconds } from "./processor-time.ts";

type Keys = {
  readonly name: string;
  readonly type: "bigint" | "integer";
  /** The column of `listed` with the key, by what it identifies. */
  readonly of: (what: "paper" | "work" | "uuid") => string;
};

const variants: readonly Keys[] = [
  { name: "hashes of 63 bits", type: "bigint", of: (what) => `${what}_hash` },
  { name: "sequential, 64 bits", type: "bigint", of: (what) => `${what}_number` },
  { name: "sequential, 32 bits", type: "integer", of: (what) => `${what}_number` },
];

/** As many as in a batch of the ingest. */
const papersAtATime = 250;

/**
 * `npm run bench -- keys`: what the references of hep-th would take on disk, and their insertion in PostgreSQL's time,
 * if papers and works had sequential numbers for keys instead of hashes. Numbers are given in the order of arrival; the
 * look-up of the number of what a document names is not included.
 */
export async function run(): Promise<void> {
  const server = await startBenchServer();
  try {
    const { pool } = await server.createDatabase("keys");
    const client = await pool.connect();
    const papers = await list(client);
    console.log("bytes a reference       heap  primary key  by cited work  by work id  together  rows/CPU s");
    for (const keys of variants) {
      await createTable(client, keys);
      const before = await postgresSeconds(pool);
      for (let from = 1; from <= papers; from += papersAtATime) await insert(client, keys, from);
      const seconds = (await postgresSeconds(pool)) - before;
      await printSizes(client, keys.name, seconds);
      await client.query("VACUUM FULL listed_references");
      await printSizes(client, "  after VACUUM FULL");
    }
    client.release();
  } finally {
    await server.close();
  }
}

/** Writes the references of hep-th with both kinds of keys into a table. Returns the number of papers. */
async function list(client: pg.ClientBase): Promise<number> {
  const works = new Map<string, number>();
  const numberOf = (id: string): number => {
    const number = works.get(id) ?? works.size + 1;
    works.set(id, number);
    return number;
  };
  const papers = [...readCitations()];
  const rows = papers.flatMap(([, cited], paper) =>
    cited.map((id, ordinal) => [paper + 1, ordinal, numberOf(id), id]),
  );
  await client.query(
    `CREATE TABLE listed AS
     SELECT paper_number, ordinal, work_number, work_number AS uuid_number, id,
       hashtextextended('paper ' || paper_number, 0) & 9223372036854775807 AS paper_hash,
       hashtextextended('work ' || work_number, 0) & 9223372036854775807 AS work_hash,
       hashtextextended('uuid ' || work_number, 0) & 9223372036854775807 AS uuid_hash
     FROM unnest($1::int[], $2::int[], $3::int[], $4::text[]) AS listed (paper_number, ordinal, work_number, id)`,
    [0, 1, 2, 3].map((place) => rows.map((row) => row[place])),
  );
  await client.query("CREATE INDEX ON listed (paper_number)");
  await client.query("ANALYZE listed");
  return papers.length;
}

/** A table like `references`, its columns ordered by size. */
async function createTable(client: pg.ClientBase, { type }: Keys): Promise<void> {
  const keys = `paper_id ${type} NOT NULL, cited_work_id ${type} NOT NULL, doi_id ${type}, work_uuid_id ${type}`;
  const submitted = "submitted_at timestamptz NOT NULL";
  await client.query("DROP TABLE IF EXISTS listed_references");
  await client.query(
    `CREATE TABLE listed_references (${type === "bigint" ? `${keys}, ${submitted}` : `${submitted}, ${keys}`},
       ordinal int NOT NULL, ref_index int NOT NULL, year int, is_internal_anchor boolean NOT NULL,
       has_arxiv_id boolean NOT NULL, title text, doi text, cited_arxiv_id text, PRIMARY KEY (paper_id, ordinal))`,
  );
  await client.query(
    "CREATE INDEX listed_references_cited ON listed_references (cited_work_id, submitted_at, paper_id)",
  );
  await client.query(
    "CREATE INDEX listed_references_uuid ON listed_references (work_uuid_id) WHERE work_uuid_id IS NOT NULL",
  );
}

/** Like a batch, sorted by the key of the papers. */
async function insert(client: pg.ClientBase, { of }: Keys, from: number): Promise<void> {
  await client.query(
    `INSERT INTO listed_references
       (paper_id, cited_work_id, submitted_at, work_uuid_id, ordinal, ref_index, is_internal_anchor, has_arxiv_id, title, cited_arxiv_id)
     SELECT ${of("paper")}, ${of("work")}, '2000-01-01'::timestamptz + paper_number % 4000 * interval '1 day', ${of("uuid")},
       ordinal, ordinal + 1, true, true, 'The paper ' || id, id
     FROM listed WHERE paper_number >= ${from} AND paper_number < ${from + papersAtATime} ORDER BY 1, ordinal`,
  );
}

async function printSizes(client: pg.ClientBase, name: string, seconds?: number): Promise<void> {
  const { rows } = await client.query<[count: string, ...bytes: string[]]>({
    text: `SELECT (SELECT count(*) FROM listed_references), pg_relation_size('listed_references'), pg_relation_size('listed_references_pkey'),
      pg_relation_size('listed_references_cited'), pg_relation_size('listed_references_uuid'), pg_total_relation_size('listed_references')`,
    rowMode: "array",
  });
  const [count = 0, ...bytes] = rows[0]?.map(Number) ?? [];
  const cells = bytes.map((size, place) =>
    (size / count).toFixed(0).padStart([6, 13, 15, 12, 10][place] ?? 0),
  );
  const rate =
    seconds === undefined
      ? ""
      : Math.round(count / seconds)
          .toLocaleString("en")
          .padStart(12);
  console.log(`${name.padEnd(22)}${cells.join("")}${rate}`);
}
