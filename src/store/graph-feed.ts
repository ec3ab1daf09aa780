import { type Cell, insertRows } from "./rows.ts";
import type { QueryClient } from "./transaction.ts";

/** Notified with the last position whenever the citation graph changes: `LISTEN pith_graph_edges`. */
export const graphChannel = "pith_graph_edges";

/** How much of the feed is retained, and the size of its payloads. */
export type GraphFeedLimits = {
  /** Maximum size of one row's payload. */
  readonly maxPayloadBytes: number;
  /** Maximum size of all retained payloads; the newest row is always kept. */
  readonly maxRetainedBytes: number;
  readonly maxRetainedRows: number;
};

export const defaultGraphFeedLimits: GraphFeedLimits = {
  // About 4,000 edges: read in one or two milliseconds.
  maxPayloadBytes: 32 * 1024,
  maxRetainedBytes: 64 * 1024 * 1024,
  maxRetainedRows: 20_000,
};

/** Old rows are pruned once per this many positions. */
const positionsBetweenPrunings = 64n;

/**
 * Appends the changes of the citation graph, within the transaction that makes them: at most four statements. Positions
 * are assigned under a row lock that is held until the commit, so they follow the order of commits and have no gaps.
 * `now` is an ISO instant. Does nothing if nothing changed.
 */
export async function appendGraphChanges(
  client: QueryClient,
  changes: GraphChanges,
  now: string,
  limits: GraphFeedLimits = defaultGraphFeedLimits,
): Promise<void> {
  const payloads = packGraphChanges(changes, limits.maxPayloadBytes);
  if (payloads.length > 0) await append(client, payloads, now, limits);
}

/**
 * Makes all followers reload the graph, within a transaction that may change all of it, such as a rebuild. Deletes the
 * earlier rows, which are no longer needed.
 */
export async function appendGraphReset(client: QueryClient, now: string): Promise<void> {
  const position = await append(client, [null], now, defaultGraphFeedLimits);
  await client.query("DELETE FROM graph_changes WHERE position < $1", [position.toString()]);
}

async function append(
  client: QueryClient,
  payloads: readonly (Buffer | null)[],
  now: string,
  limits: GraphFeedLimits,
): Promise<bigint> {
  const added = BigInt(payloads.length);
  const counter = await client.query<{ value: string }>(
    `INSERT INTO totals (name, value) VALUES ('graph_position', $1)
     ON CONFLICT (name) DO UPDATE SET value = totals.value + excluded.value RETURNING value`,
    [added.toString()],
  );
  const last = BigInt(counter.rows[0]?.value ?? 0);
  const before = last - added;
  // A separate statement: it sees what the previous holder of the lock has committed.
  const head = await client.query<{ bytes: string }>(
    `SELECT bytes_until AS bytes FROM graph_changes WHERE position = $1`,
    [before.toString()],
  );
  let bytes = BigInt(head.rows[0]?.bytes ?? 0);
  const rows = payloads.map((payload, index): Cell[] => {
    bytes += BigInt(payload?.length ?? 0);
    return [before + BigInt(index) + 1n, last, payload, bytes, now];
  });
  await insertRows(client, "graph_changes", columns, rows);
  if (before / positionsBetweenPrunings !== last / positionsBetweenPrunings) {
    await client.query(
      `DELETE FROM graph_changes WHERE position < $1 AND (position <= $2 OR bytes_until <= $3)`,
      [
        last.toString(),
        (last - BigInt(limits.maxRetainedRows)).toString(),
        (bytes - BigInt(limits.maxRetainedBytes)).toString(),
      ],
    );
  }
  // Delivered only if and when the transaction commits.
  await client.query("SELECT pg_notify($1, $2)", [graphChannel, last.toString()]);
  return last;
}

const columns = ["position", "transaction_end", "payload", "bytes_until", "changed_at"];

/** Changes of the citation graph. Work ids are as in `works`: 63 bits. */
export type GraphChanges = {
  readonly addedWorks: Iterable<bigint>;
  readonly removedWorks: Iterable<bigint>;
  /** Works whose summary may have changed (graph/work-summary.ts), besides those that were added or removed. */
  readonly changedWorks: Iterable<bigint>;
  /** Edges that are new or have a different mark. */
  readonly putEdges: Iterable<GraphEdge>;
  readonly removedEdges: Iterable<Omit<GraphEdge, "isInternalAnchor">>;
};

export type GraphEdge = {
  readonly citingWorkId: bigint;
  readonly citedWorkId: bigint;
  readonly isInternalAnchor: boolean;
};

/**
 * Receives the contents of a payload in order; ids as their upper 31 and lower 32 bits, so that none needs an object.
 */
type GraphChangeVisitor = {
  addWork(high: number, low: number): void;
  removeWork(high: number, low: number): void;
  changeWork(high: number, low: number): void;
  removeEdge(citingHigh: number, citingLow: number, citedHigh: number, citedLow: number): void;
  putEdge(
    citingHigh: number,
    citingLow: number,
    citedHigh: number,
    citedLow: number,
    isInternalAnchor: boolean,
  ): void;
};

/*
 * A payload is a sequence of sections: a type byte, a 32-bit count, and that number of 64-bit ids. A section of edges
 * starts with the citing work's id, which is not counted; the top bit of a cited id, unused otherwise, marks an
 * internal anchor. All integers are big-endian. An edge thus takes little more than 8 bytes.
 */
const addWorks = 1;
const removeWorks = 2;
const removeEdges = 3;
const putEdges = 4;
const changeWorks = 5;

const anchorBit = 1n << 63n;
const headerBytes = 5;
const idBytes = 8;

/**
 * Packs changes into payloads of at most `maxBytes` each, in an order in which they can be applied: edges are removed
 * before their works, and works are added before their edges. Empty if nothing changed.
 */
export function packGraphChanges(changes: GraphChanges, maxBytes: number): Buffer[] {
  const payloads: Buffer[] = [];
  let parts: Buffer[] = [];
  let remaining = maxBytes;
  const write = (kind: number, citing: bigint | null, ids: readonly bigint[]) => {
    const fixed = headerBytes + (citing === null ? 0 : idBytes);
    for (let from = 0; from < ids.length; ) {
      if (remaining < fixed + idBytes) {
        payloads.push(Buffer.concat(parts));
        parts = [];
        remaining = maxBytes;
      }
      const count = Math.min(ids.length - from, Math.max(1, Math.floor((remaining - fixed) / idBytes)));
      const part = Buffer.allocUnsafe(fixed + count * idBytes);
      part.writeUInt8(kind, 0);
      part.writeUInt32BE(count, 1);
      if (citing !== null) part.writeBigUInt64BE(citing, headerBytes);
      for (let index = 0; index < count; index++) {
        part.writeBigUInt64BE(ids[from + index] as bigint, fixed + index * idBytes);
      }
      parts.push(part);
      remaining -= part.length;
      from += count;
    }
  };
  for (const [citing, cited] of byCiting(changes.removedEdges, ({ citedWorkId }) => citedWorkId)) {
    write(removeEdges, citing, cited);
  }
  write(removeWorks, null, [...changes.removedWorks]);
  write(addWorks, null, [...changes.addedWorks]);
  write(changeWorks, null, [...changes.changedWorks]);
  const marked = (edge: GraphEdge) => edge.citedWorkId | (edge.isInternalAnchor ? anchorBit : 0n);
  for (const [citing, cited] of byCiting(changes.putEdges, marked)) write(putEdges, citing, cited);
  if (parts.length > 0) payloads.push(Buffer.concat(parts));
  return payloads;
}

function byCiting<Edge extends { readonly citingWorkId: bigint }>(
  edges: Iterable<Edge>,
  wordOf: (edge: Edge) => bigint,
): Map<bigint, bigint[]> {
  const groups = new Map<bigint, bigint[]>();
  for (const edge of edges) {
    const group = groups.get(edge.citingWorkId);
    if (group === undefined) groups.set(edge.citingWorkId, [wordOf(edge)]);
    else group.push(wordOf(edge));
  }
  return groups;
}

/** Reads a payload. Throws if it is malformed. */
export function readGraphPayload(payload: Uint8Array, visitor: GraphChangeVisitor): void {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  let at = 0;
  while (at < view.byteLength) {
    const kind = view.getUint8(at);
    const count = view.getUint32(at + 1);
    at += headerBytes;
    const isOfEdges = kind === removeEdges || kind === putEdges;
    const citingHigh = isOfEdges ? view.getUint32(at) : 0;
    const citingLow = isOfEdges ? view.getUint32(at + 4) : 0;
    if (isOfEdges) at += idBytes;
    for (let index = 0; index < count; index++, at += idBytes) {
      const word = view.getUint32(at);
      const high = word & 0x7fff_ffff;
      const low = view.getUint32(at + 4);
      if (kind === putEdges) visitor.putEdge(citingHigh, citingLow, high, low, word >>> 31 === 1);
      else if (kind === removeEdges) visitor.removeEdge(citingHigh, citingLow, high, low);
      else if (kind === addWorks) visitor.addWork(high, low);
      else if (kind === removeWorks) visitor.removeWork(high, low);
      else if (kind === changeWorks) visitor.changeWork(high, low);
      else throw new Error(`Unknown kind of graph change: ${kind}.`);
    }
  }
}
