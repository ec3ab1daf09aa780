import type { QueryClient } from "../store/index.ts";
import { joinId } from "./base-graph.ts";
import { copy } from "./copy-reader.ts";
import { halvesOf, maxAuthors, type PaperFacts, SummaryStore, type WorkFacts } from "./summary-store.ts";

const workColumns = "work_id, key, title, year, stated_year, paper_id";
const paperColumns = `paper_id, work_id, pith_number, submitted_at, primary_category, source_kind = 'arxiv', source_id,
  source_version, title IS NOT NULL, authors[1:${maxAuthors}], cardinality(authors),
  CASE proof WHEN 'signed' THEN 2 WHEN 'receipt' THEN 1 ELSE 0 END`;
/** The identifiers that are another DOI than the work's key. */
const otherDois =
  "SELECT work_id, value FROM work_identifiers WHERE kind = 'doi' AND identifier_id <> work_id";

/** If all summaries surely fit, they are read in the order of the table. */
const maxExpectedBytes = 400;
/** No work's record and its place in the index take less. */
const minBytes = 48;

/**
 * Reads the summaries of all works, or if they exceed `maxBytes`, of those cited most. In the caller's transaction,
 * which must see one snapshot.
 *
 * Works, papers and DOIs are three statements, as the tables may be on different servers.
 */
export async function readSummaries(client: QueryClient, maxBytes: number): Promise<SummaryStore> {
  const store = new SummaryStore(maxBytes);
  const { rows } = await client.query<{ value: string }>("SELECT value FROM totals WHERE name = 'works'");
  const order =
    Number(rows[0]?.value ?? 0) * maxExpectedBytes < maxBytes
      ? ""
      : `ORDER BY cited_by_count DESC, work_id LIMIT ${Math.ceil(maxBytes / minBytes)}`;
  await copyWorks(client, `SELECT ${workColumns} FROM works ${order}`, (work) => store.load(work));
  await copyPapers(client, `SELECT ${paperColumns} FROM papers`, (paper) => store.loadPaper(paper));
  await copyDois(client, otherDois, (high, low, doi) => store.loadDoi(high, low, doi));
  return store;
}

/** Works read at a time. */
const worksAtATime = 5_000;

/** Reads the summaries of changed works into the next revision of a store, in the caller's snapshot. */
export async function readChangedSummaries(
  client: QueryClient,
  store: SummaryStore,
  workIds: Iterable<bigint>,
): Promise<void> {
  const ids = [...workIds];
  for (let start = 0; start < ids.length; start += worksAtATime) {
    const some = ids.slice(start, start + worksAtATime);
    const missing = new Set(some);
    const papers: bigint[] = [];
    await copyWorks(client, `SELECT ${workColumns} FROM works WHERE work_id ${isAnyOf(some)}`, (work) => {
      missing.delete(joinId(work.idHigh, work.idLow));
      store.put(work);
      if (work.paper !== null) papers.push(joinId(work.paper.high, work.paper.low));
    });
    for (const id of missing) store.remove(...halvesOf(id));
    if (papers.length > 0) {
      const ofPapers = `SELECT ${paperColumns} FROM papers WHERE paper_id ${isAnyOf(papers)}`;
      await copyPapers(client, ofPapers, (paper) => store.putPaper(paper));
    }
    await copyDois(client, `${otherDois} AND work_id ${isAnyOf(some)}`, (high, low, doi) =>
      store.putDoi(high, low, doi),
    );
  }
}

/** COPY takes no parameters. */
function isAnyOf(ids: readonly bigint[]): string {
  return `= ANY('{${ids.join(",")}}'::bigint[])`;
}

/** A row whose fields are read by number. */
class FieldReader {
  view: DataView = new DataView(new ArrayBuffer(0));
  fields: Int32Array = new Int32Array(0);

  isNull(field: number): boolean {
    return (this.fields[field * 2 + 1] as number) < 0;
  }

  high(field: number): number {
    return this.view.getUint32(this.fields[field * 2] as number);
  }

  low(field: number): number {
    return this.view.getUint32((this.fields[field * 2] as number) + 4);
  }

  boolean(field: number): boolean {
    return this.view.getUint8(this.fields[field * 2] as number) === 1;
  }

  integer(field: number): number | null {
    return this.isNull(field) ? null : this.view.getInt32(this.fields[field * 2] as number);
  }

  /** Valid until the row has been read. */
  text(field: number): Uint8Array {
    return this.#bytes(this.fields[field * 2] as number, this.fields[field * 2 + 1] as number);
  }

  textOrNull(field: number): Uint8Array | null {
    return this.isNull(field) ? null : this.text(field);
  }

  /** An array of texts: a header of 12 bytes, the size and the first index of each dimension, and the elements. */
  texts(field: number): Uint8Array[] {
    const start = this.fields[field * 2] as number;
    if (this.view.getInt32(start) === 0) return [];
    const texts: Uint8Array[] = [];
    let at = start + 20;
    for (let left = this.view.getInt32(start + 12); left > 0; left--) {
      const length = this.view.getInt32(at);
      texts.push(this.#bytes(at + 4, length));
      at += 4 + length;
    }
    return texts;
  }

  #bytes(start: number, length: number): Uint8Array {
    return new Uint8Array(this.view.buffer, this.view.byteOffset + start, length);
  }
}

/** Reads rows of any fields. */
async function copyFields(
  client: QueryClient,
  select: string,
  count: number,
  read: (row: FieldReader) => void,
): Promise<void> {
  const row = new FieldReader();
  await copy(client, select, new Array(count).fill(null), (view, _at, fields) => {
    row.view = view;
    row.fields = fields;
    read(row);
  });
}

function copyWorks(client: QueryClient, select: string, use: (work: WorkFacts) => void): Promise<void> {
  return copyFields(client, select, 6, (row) =>
    use({
      idHigh: row.high(0),
      idLow: row.low(0),
      key: row.text(1),
      title: row.textOrNull(2),
      year: row.integer(3),
      statedYear: row.integer(4),
      paper: row.isNull(5) ? null : { high: row.high(5), low: row.low(5) },
    }),
  );
}

function copyPapers(client: QueryClient, select: string, use: (paper: PaperFacts) => void): Promise<void> {
  return copyFields(client, select, 12, (row) =>
    use({
      paperHigh: row.high(0),
      paperLow: row.low(0),
      workHigh: row.high(1),
      workLow: row.low(1),
      pithNumber: row.text(2),
      submittedHigh: row.high(3),
      submittedLow: row.low(3),
      category: row.textOrNull(4),
      isFromArxiv: row.boolean(5),
      sourceId: row.text(6),
      sourceVersion: row.integer(7),
      hasTitle: row.boolean(8),
      authors: row.texts(9),
      authorCount: row.integer(10) as number,
      proofRank: row.integer(11) as number,
    }),
  );
}

function copyDois(
  client: QueryClient,
  select: string,
  use: (workHigh: number, workLow: number, doi: Uint8Array) => void,
): Promise<void> {
  return copyFields(client, select, 2, (row) => use(row.high(0), row.low(0), row.text(1)));
}
