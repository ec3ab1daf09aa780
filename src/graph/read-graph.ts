import type pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { type BaseGraph, buildBaseGraph, createVertexIndex, sharedArray } from "./base-graph.ts";

/**
 * Reads all works and citations at one position of the feed: rows and position come from one snapshot. Needs 8
 * bytes an edge besides the result. O(vertices + edges).
 */
export async function readGraph(client: pg.ClientBase): Promise<BaseGraph> {
  await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  try {
    return await readGraphInSnapshot(client);
  } finally {
    await client.query("ROLLBACK").catch(() => {});
  }
}

/** The same, within the caller's transaction, which must see one snapshot. */
export async function readGraphInSnapshot(client: pg.ClientBase): Promise<BaseGraph> {
  const { rows } = await client.query<{ value: string }>(
    "SELECT value FROM totals WHERE name = 'graph_position'",
  );
  const { high, low } = await readWorks(client);
  const edges = await readEdges(client, high, low);
  return buildBaseGraph(high, low, edges, BigInt(rows[0]?.value ?? 0));
}

/** A growing list. */
class PushableArray {
  array = new Uint32Array(1 << 16);
  length = 0;

  push(value: number): void {
    if (this.length === this.array.length) {
      const larger = new Uint32Array(this.length * 2);
      larger.set(this.array);
      this.array = larger;
    }
    this.array[this.length++] = value;
  }
}

/** The ids of all works, ascending, as halves. */
async function readWorks(client: pg.ClientBase): Promise<{ high: Uint32Array; low: Uint32Array }> {
  const highs = new PushableArray();
  const lows = new PushableArray();
  await copy(client, "SELECT work_id FROM works ORDER BY work_id", [8], (view, at) => {
    highs.push(view.getUint32(at + 4));
    lows.push(view.getUint32(at + 8));
  });
  const high = sharedArray(highs.length);
  const low = sharedArray(lows.length);
  high.set(highs.array.subarray(0, highs.length));
  low.set(lows.array.subarray(0, lows.length));
  return { high, low };
}

async function readEdges(client: pg.ClientBase, high: Uint32Array, low: Uint32Array) {
  const vertices = createVertexIndex(high, low);
  const citing = new PushableArray();
  const cited = new PushableArray();
  let last = -1;
  let lastHigh = -1;
  let lastLow = -1;
  const find = (view: DataView, at: number): number => {
    const index = vertices.find(view.getUint32(at), view.getUint32(at + 4));
    if (index < 0)
      throw new Error("A citation refers to a work that does not exist. Run `pith-graph check` for details.");
    return index;
  };
  await copy(
    client,
    'SELECT p.work_id, r.cited_work_id, r.is_internal_anchor FROM "references" r JOIN papers p USING (paper_id)',
    [8, 8, 1],
    (view, at) => {
      // The references of a paper are mostly adjacent.
      const high = view.getUint32(at + 4);
      const low = view.getUint32(at + 8);
      if (high !== lastHigh || low !== lastLow) {
        last = find(view, at + 4);
        lastHigh = high;
        lastLow = low;
      }
      citing.push(last);
      cited.push(((find(view, at + 16) << 1) | view.getUint8(at + 28)) >>> 0);
    },
  );
  return { citing: citing.array, cited: cited.array, count: citing.length };
}

async function copy(
  client: pg.ClientBase,
  select: string,
  fieldBytes: readonly number[],
  read: RowReader,
): Promise<void> {
  const rows = new CopyReader(fieldBytes, read);
  for await (const chunk of client.query(copyTo(`COPY (${select}) TO STDOUT (FORMAT binary)`))) {
    rows.push(chunk);
  }
  rows.end();
}

/** A binary COPY begins with a signature of 11 bytes, flags of 4, and the length of an extension. */
const headerBytes = 19;

/** Called with each row of a COPY: `at` is where its fields begin. Bytes are valid until it returns. */
type RowReader = (view: DataView, at: number) => void;

/**
 * Reads rows from a binary COPY that comes in chunks, without an object for each row. All fields must be not null and
 * of fixed-length types.
 */
export class CopyReader {
  readonly #rowBytes: number;
  readonly #read: RowReader;
  /** The rest of a chunk: less than a row. */
  #rest = new Uint8Array(0);
  #isHeaderRead = false;
  #isEnded = false;

  /** `fieldBytes` are the lengths of a row's fields. */
  constructor(fieldBytes: readonly number[], read: RowReader) {
    this.#rowBytes = fieldBytes.reduce((sum, bytes) => sum + 4 + bytes, 2);
    this.#read = read;
  }

  push(chunk: Uint8Array): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    if (!this.#isHeaderRead) {
      if (bytes.length < headerBytes) {
        this.#rest = bytes.slice();
        return;
      }
      at = headerBytes + view.getUint32(headerBytes - 4);
      this.#isHeaderRead = true;
    }
    const rowBytes = this.#rowBytes;
    const read = this.#read;
    while (at + 2 <= bytes.length) {
      if (view.getInt16(at) < 0) {
        this.#isEnded = true;
        break;
      }
      if (at + rowBytes > bytes.length) break;
      read(view, at + 2);
      at += rowBytes;
    }
    this.#rest = bytes.slice(at);
  }

  /** Throws if the data ended before the COPY's trailer. */
  end(): void {
    if (!this.#isEnded) throw new Error("The rows of the citation graph are incomplete.");
  }
}
