import { createHash } from "node:crypto";
import type pg from "pg";
import { type PithNumber, suffixOf, suffixOfDigest } from "../../src/protocol/index.ts";
import { identifierIdOf, paperIdOf } from "../../src/row-rules/index.ts";
import { namedClaimKinds, type TotalName } from "../../src/store/index.ts";
import { type Cell, insertRows } from "../../src/store/rows.ts";
import { randomOf } from "../graph/random.ts";
import type { Corpus, CorpusPaper, CorpusWork } from "./network.ts";

/** Ids of the works by vertex, and of the papers of those that have one. */
export type CorpusIds = {
  readonly works: BigUint64Array;
  readonly papers: BigUint64Array;
  readonly pithNumbers: readonly PithNumber[];
};

export function idsOf({ works }: Corpus): CorpusIds {
  const pithNumbers = works.flatMap(({ name, year, paper }) =>
    paper === null ? [] : [`pith:${year}:${suffixOfDigest(sha256(`record of ${name}`))}` as PithNumber],
  );
  return {
    works: BigUint64Array.from(works, ({ kind, name }) => identifierIdOf(kind, name)),
    papers: BigUint64Array.from(pithNumbers, paperIdOf),
    pithNumbers,
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Rows of a table, in the order of its columns here. */
type Filling = {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: Iterable<readonly Cell[]>;
};

/**
 * Writes a corpus into our empty tables as an ingest of its papers would leave them, except that the log is empty.
 * Indexes are created afterwards, like by a restored dump. `report` is called with each step.
 */
export async function fillTables(
  client: pg.ClientBase,
  corpus: Corpus,
  report: (step: string) => void,
): Promise<void> {
  const fillings = fillingsOf(corpus, idsOf(corpus));
  await client.query("SET maintenance_work_mem = '512MB'");
  const tables = fillings.map(({ table }) => table);
  const { rows: indexes } = await client.query<{ name: string; drop: string; make: string }>(
    `SELECT indexrelid::regclass::text AS name,
       coalesce('ALTER TABLE ' || indrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(conname),
         'DROP INDEX ' || indexrelid::regclass) AS drop,
       coalesce('ALTER TABLE ' || indrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(conname) || ' '
         || pg_get_constraintdef(pg_constraint.oid), pg_get_indexdef(indexrelid)) AS make
     FROM pg_index LEFT JOIN pg_constraint ON conindid = indexrelid
     WHERE indrelid IN (SELECT format('%I', name)::regclass FROM unnest($1::text[]) AS name)`,
    [tables],
  );
  for (const { drop } of indexes) await client.query(drop);
  for (const filling of fillings) {
    report(`Filling ${filling.table}`);
    await fill(client, filling);
  }
  for (const { name, make } of indexes) {
    report(`Creating the index ${name}`);
    await client.query(make);
  }
  await setTotals(client, corpus);
  report("Analysing the tables");
  await client.query(`VACUUM (ANALYZE) ${tables.map((table) => `"${table}"`).join(", ")}`);
}

const rowsAtATime = 20_000;

/** In the transaction that empties the table: its rows then need no write-ahead log. */
async function fill(client: pg.ClientBase, { table, columns, rows }: Filling): Promise<void> {
  await client.query("BEGIN");
  await client.query(`TRUNCATE "${table}"`);
  let page: (readonly Cell[])[] = [];
  for (const row of rows) {
    page.push(row);
    if (page.length < rowsAtATime) continue;
    await insertRows(client, table, columns, page);
    page = [];
  }
  await insertRows(client, table, columns, page);
  await client.query("COMMIT");
}

async function setTotals(client: pg.ClientBase, { size, works }: Corpus): Promise<void> {
  const totals: Partial<Record<TotalName, number>> = {
    papers: size.papers,
    works: works.length,
    claims: size.papers * namedClaimKinds.length,
    citations: size.references,
  };
  for (const [name, value] of Object.entries(totals)) {
    await client.query(
      "INSERT INTO totals (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      [name, value],
    );
  }
}

/** The stored papers with their vertices. */
function* papersOf({ works }: Corpus): Generator<readonly [number, CorpusWork, CorpusPaper]> {
  for (const [vertex, work] of works.entries()) {
    if (work.paper !== null) yield [vertex, work, work.paper];
  }
}

function fillingsOf(corpus: Corpus, ids: CorpusIds): Filling[] {
  return [
    papers(corpus, ids),
    paperKeys(corpus, ids),
    claims(corpus, ids),
    works(corpus, ids),
    workIdentifiers(corpus, ids),
    references(corpus, ids),
  ];
}

function papers(corpus: Corpus, ids: CorpusIds): Filling {
  const { starts, cited, size } = corpus;
  const columns = (
    "paper_id pith_number canonical_sha256 work_id source_kind source_id source_version submitted_at license " +
    "primary_category cross_categories title authors abstract_excerpt record_event_id snapshot_event_id " +
    "record_standing proof claim_count references_asserted resolved_works_asserted internal_anchors_asserted " +
    "references_known internal_anchors_known state_sha256 event_count valid_event_count equivocation_count " +
    "record_hash receipt title_binding claims_hash references_hash published_state_hash"
  ).split(" ");
  const passed = ["PASSED", "PASSED", "PASSED", "PASSED", "PASSED", "NOT_CHECKABLE"];
  return {
    table: "papers",
    columns,
    rows: map(papersOf(corpus), ([vertex, { name, title }, paper]) => {
      const listed = cited.subarray(starts[vertex], starts[vertex + 1]);
      const anchors = listed.reduce((count, target) => count + (target < size.papers ? 1 : 0), 0);
      const digest = (text: string) => `\\x${sha256(`${text} of ${name}`)}`;
      return [
        ids.papers[vertex] as bigint,
        ids.pithNumbers[vertex] as string,
        digest("record"),
        ids.works[vertex] as bigint,
        "arxiv",
        name,
        1,
        paper.submittedAt,
        "http://arxiv.org/licenses/nonexclusive-distrib/1.0/",
        paper.category,
        [],
        title,
        paper.authors,
        paper.abstract,
        digest("record event"),
        digest("snapshot event"),
        ...["signed", "signed", namedClaimKinds.length],
        ...[listed.length, listed.length, anchors, listed.length, anchors],
        digest("state"),
        ...[2, 2, 0],
        ...passed,
      ];
    }),
  };
}

function paperKeys(corpus: Corpus, { papers, pithNumbers }: CorpusIds): Filling {
  function* rows(): Generator<Cell[]> {
    for (const [vertex, { name }] of papersOf(corpus)) {
      const paperId = papers[vertex] as bigint;
      yield [`pith:${suffixOf(pithNumbers[vertex] as PithNumber).slice(0, 8)}`, paperId];
      yield [`arxiv:${name}`, paperId];
      yield [`doi:10.48550/arxiv.${name}`, paperId];
    }
  }
  return { table: "paper_keys", columns: ["key", "paper_id"], rows: rows() };
}

function claims(corpus: Corpus, ids: CorpusIds): Filling {
  function* rows(): Generator<Cell[]> {
    for (const [vertex] of papersOf(corpus)) {
      const random = randomOf(vertex);
      for (const [ordinal, kind] of namedClaimKinds.entries()) {
        const text = corpus.texts.claim(random);
        const common = ["machine_extracted", "unclaimed", `verdict.${kind}`];
        yield [ids.papers[vertex] as bigint, ordinal, `C${ordinal + 1}`, kind, text, ...common];
      }
    }
  }
  const columns = "paper_id ordinal claim_id kind text status attestation source".split(" ");
  return { table: "claims", columns, rows: rows() };
}

function works({ works, starts, cited, size }: Corpus, ids: CorpusIds): Filling {
  const citedBy = new Uint32Array(works.length);
  const anchored = new Uint32Array(works.length);
  for (let paper = 0; paper < size.papers; paper++) {
    for (const target of cited.subarray(starts[paper], starts[paper + 1])) {
      citedBy[target] = (citedBy[target] as number) + 1;
      if (target < size.papers && target !== paper) anchored[target] = (anchored[target] as number) + 1;
    }
  }
  const columns =
    "work_id key paper_id title year cited_by_count citing_paper_count reference_count anchored_work_count";
  return {
    table: "works",
    columns: columns.split(" "),
    rows: map(works.entries(), ([vertex, { kind, name, title, year, paper }]) => [
      ids.works[vertex] as bigint,
      `${kind}:${name}`,
      paper === null ? null : (ids.papers[vertex] as bigint),
      title,
      year,
      citedBy[vertex] as number,
      citedBy[vertex] as number,
      paper === null ? 0 : (starts[vertex + 1] as number) - (starts[vertex] as number),
      anchored[vertex] as number,
    ]),
  };
}

function workIdentifiers({ works }: Corpus, ids: CorpusIds): Filling {
  const columns = ["identifier_id", "kind", "value", "work_id"];
  return {
    table: "work_identifiers",
    columns,
    rows: map(works.entries(), ([vertex, { kind, name }]) => {
      const workId = ids.works[vertex] as bigint;
      return [workId, kind, name, workId];
    }),
  };
}

function references(corpus: Corpus, ids: CorpusIds): Filling {
  const { works, starts, cited } = corpus;
  function* rows(): Generator<Cell[]> {
    for (const [vertex, , { submittedAt }] of papersOf(corpus)) {
      const paperId = ids.papers[vertex] as bigint;
      for (const [ordinal, target] of cited.subarray(starts[vertex], starts[vertex + 1]).entries()) {
        const { kind, name, title, year, paper } = works[target] as CorpusWork;
        const isArxiv = kind === "arxiv";
        const workId = ids.works[target] as bigint;
        yield [
          paperId,
          workId,
          submittedAt,
          isArxiv ? null : workId,
          ordinal,
          ordinal + 1,
          year,
          paper !== null,
          isArxiv,
          title,
          isArxiv ? null : name,
          isArxiv ? name : null,
        ];
      }
    }
  }
  const columns =
    "paper_id cited_work_id submitted_at doi_id ordinal ref_index year is_internal_anchor has_arxiv_id title doi cited_arxiv_id";
  return { table: "references", columns: columns.split(" "), rows: rows() };
}

function* map<Item, Result>(items: Iterable<Item>, change: (item: Item) => Result): Generator<Result> {
  for (const item of items) yield change(item);
}
