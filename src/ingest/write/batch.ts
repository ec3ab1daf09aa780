import { drizzle } from "drizzle-orm/node-postgres";
import type pg from "pg";
import {
  type CheckResult,
  isJsonObject,
  type JsonObject,
  type MergedState,
  mergeEvents,
  type PithNumber,
  parseJson,
} from "../../protocol/index.ts";
import { recordChanges, type StateChange } from "../../store/feed.ts";
import { recordGraphChanges } from "../../store/graph-feed.ts";
import type { GraphChanges } from "../../store/graph-payload.ts";
import { type Database, type PaperLog, paperIdOf, readLogs } from "../../store/index.ts";
import { bigintArray } from "../../store/rows.ts";
import { mentionOf } from "../../store/stored-aliases.ts";
import type { Arrival, Rejection } from "../arrival.ts";
import { projectTarget } from "../project/target.ts";
import { Turns } from "../turns.ts";
import { type Addition, additionOf } from "./addition.ts";
import { writeCitations } from "./citations.ts";
import { refuseCollision } from "./collision.ts";
import { type Held, type HeldPapers, nothingHeld, readHeld } from "./held.ts";
import { settleIdentifiers } from "./identifiers.ts";
import { type LogWrite, writeLogs } from "./log.ts";
import { changeOf, type PaperTarget } from "./paper-change.ts";
import { readPapersBefore, writePapers } from "./papers.ts";
import { writeQuarantine } from "./quarantine.ts";
import { writeReferences } from "./references.ts";
import { WriteSession } from "./session.ts";
import { totalsStatement } from "./totals.ts";
import { readOtherPapers } from "./work-papers.ts";
import { writeWorks } from "./works.ts";

/** What became of the documents of a batch, in their order. */
export type Outcome = "merged" | "unchanged";

/**
 * Any constant: who else writes to these tables waits for it. Works and their counts belong to no one paper, so two
 * writers would have to agree on an order of locks; verification, the greater part, needs none.
 */
export const writeLock = 7_484_002;

export type WriteOptions = {
  /** What was held of the papers a moment ago, where the caller has read it. */
  readonly held?: HeldPapers;
  /** The caller has taken `writeLock` in a session of its own. */
  readonly isLockHeld?: boolean;
};

/**
 * Writes a batch in one transaction: either all that follows from its documents, or nothing. The number of
 * statements does not depend on the number of documents.
 *
 * What can be done without the lock is done before it: papers that are not held are merged and projected, and
 * documents that add nothing are told apart. A log only grows, so what adds nothing now adds nothing later.
 */
export async function writeBatch(
  database: Database,
  arrivals: readonly Arrival[],
  rejections: readonly Rejection[],
  { held, isLockHeld = false }: WriteOptions = {},
): Promise<Outcome[]> {
  const groups = groupByPaper(arrivals);
  const client = await database.pool.connect();
  try {
    const pending = await preparePending(groups, held ?? (await readHeld(client, groups.keys())));
    const isRefusing = rejections.length > 0 || arrivals.some(({ document }) => document.refused.length > 0);
    const merged = new Set<bigint>();
    if (pending.size > 0 || isRefusing) {
      // Each statement after the lock sees what the writer before has committed, whatever the server's default is.
      await client.query("BEGIN ISOLATION LEVEL READ COMMITTED");
      if (!isLockHeld) await client.query("SELECT pg_advisory_xact_lock($1)", [writeLock]);
      const now = new Date().toISOString();
      const paperIds = await withReader(database.pool, (reader) =>
        writePending(new WriteSession(client, reader), pending, now),
      );
      for (const paperId of paperIds) merged.add(paperId);
      await writeQuarantine(client, rejections, arrivals, now);
      await client.query("COMMIT");
    }
    client.release();
    return arrivals.map(({ document }) =>
      merged.has(paperIdOf(document.pithNumber)) ? "merged" : "unchanged",
    );
  } catch (error) {
    // Where even the ROLLBACK fails the connection is gone, and the transaction with it.
    await client.query("ROLLBACK").then(
      () => client.release(),
      () => client.release(true),
    );
    throw error;
  }
}

/** Lends a second connection of the pool, where there is one to be had at once: waiting for it could last for ever. */
async function withReader<Result>(
  pool: pg.Pool,
  use: (reader: pg.PoolClient | null) => Promise<Result>,
): Promise<Result> {
  const hasRoom = pool.waitingCount === 0 && (pool.idleCount > 0 || pool.totalCount < pool.options.max);
  const reader = hasRoom ? await pool.connect() : null;
  try {
    return await use(reader);
  } finally {
    reader?.release();
  }
}

type Group = { readonly pithNumber: PithNumber; readonly arrivals: Arrival[] };

function groupByPaper(arrivals: readonly Arrival[]): Map<bigint, Group> {
  const groups = new Map<bigint, Group>();
  for (const arrival of arrivals) {
    const { pithNumber } = arrival.document;
    const paperId = paperIdOf(pithNumber);
    const group = groups.get(paperId);
    if (group === undefined) groups.set(paperId, { pithNumber, arrivals: [arrival] });
    else if (group.pithNumber === pithNumber) group.arrivals.push(arrival);
    else refuseCollision(group.pithNumber, pithNumber);
  }
  // In the order of their keys the rows of a batch meet the pages of an index one after the other.
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A paper with what its documents add to it, merged and projected. */
type Prepared = { readonly addition: Addition; readonly state: MergedState; readonly target: PaperTarget };

/** The papers to which something is added; prepared already where nothing of them is held. */
type Pending = ReadonlyMap<bigint, Group & { readonly prepared: Prepared | null }>;

/** What is held of a paper; refused where its key stands for another paper. */
function heldOf(held: HeldPapers, paperId: bigint, pithNumber: PithNumber): Held {
  const known = held.get(paperId) ?? nothingHeld;
  if (known.pithNumber !== null && known.pithNumber !== pithNumber) {
    refuseCollision(known.pithNumber, pithNumber);
  }
  return known;
}

async function preparePending(groups: ReadonlyMap<bigint, Group>, held: HeldPapers): Promise<Pending> {
  const turns = new Turns();
  const pending = new Map<bigint, Group & { readonly prepared: Prepared | null }>();
  for (const [paperId, group] of groups) {
    if (turns.isOver) await turns.next();
    const known = heldOf(held, paperId, group.pithNumber);
    const addition = additionOf(group.arrivals, known);
    if (addition === null) continue;
    const prepared = known.pithNumber !== null ? null : prepare(group.pithNumber, addition, nothing);
    pending.set(paperId, { ...group, prepared });
  }
  return pending;
}

/** What the log holds of a paper, to be merged with what arrives. */
type Known = {
  readonly log: PaperLog;
  readonly record: JsonObject | null;
  readonly publishedResults: readonly CheckResult[];
};

const nothing: Known = { log: { events: [], aliases: [] }, record: null, publishedResults: [] };

function prepare(
  pithNumber: PithNumber,
  addition: Addition,
  { log, record, publishedResults }: Known,
): Prepared {
  const arriving = [...addition.events.values()];
  // An event that is there already came again with a better signature: that copy counts.
  const replaced = new Set(arriving.map(({ id }) => id));
  const events = [...arriving, ...log.events.filter(({ id }) => !replaced.has(id))];
  const arrivingAliases = [...addition.aliases.values()].map(mentionOf);
  const state = mergeEvents(pithNumber, events, [...log.aliases, ...arrivingAliases]);
  const results = [...publishedResults, ...([...addition.publishedStates.values()] as CheckResult[])];
  const bundleRecord = recordOf(addition.record) ?? record;
  const target = projectTarget({ pithNumber, state, bundleRecord, publishedResults: new Set(results) });
  return { addition, state, target };
}

/** Writes what is pending, compared once more with what is held now. Returns the papers that were changed. */
async function writePending(session: WriteSession, pending: Pending, now: string): Promise<bigint[]> {
  if (pending.size === 0) return [];
  const held = await readHeld(await session.flush(), pending.keys());
  const additions = new Map<bigint, Addition>();
  for (const [paperId, { pithNumber, arrivals, prepared }] of pending) {
    const known = heldOf(held, paperId, pithNumber);
    const addition = known.pithNumber !== null ? additionOf(arrivals, known) : (prepared?.addition ?? null);
    if (addition !== null) additions.set(paperId, addition);
  }
  const heldIds = [...additions.keys()].filter((paperId) => held.has(paperId));
  const knownOf = await readKnown(await session.flush(), heldIds);

  const writes: LogWrite[] = [];
  const targets: PaperTarget[] = [];
  for (const [paperId, addition] of additions) {
    const { pithNumber, prepared } = pending.get(paperId) as Group & { prepared: Prepared | null };
    const known = held.get(paperId) ?? nothingHeld;
    const { state, target } =
      prepared !== null && known.pithNumber === null
        ? prepared
        : prepare(pithNumber, addition, knownOf(paperId));
    writes.push({ paperId, pithNumber, held: known, addition, state });
    targets.push(target);
  }
  await writeLogs(session, writes, now);
  const graphChanges = await writeDerived(session, targets, writes);
  const client = await session.flush();
  await recordChanges(client, changedStates(writes), now);
  await recordGraphChanges(client, graphChanges, now);
  return [...additions.keys()];
}

/** Also a better proved copy of an event is told: who let in nothing less has not got it yet. */
function changedStates(writes: readonly LogWrite[]): StateChange[] {
  return writes
    .filter(({ held, addition, state }) => held.stateSha256 !== state.sha256 || addition.events.size > 0)
    .map(({ paperId, pithNumber, held, state }) => ({
      paperId,
      pithNumber,
      before: held.stateSha256,
      after: state.sha256,
    }));
}

async function readKnown(
  client: pg.PoolClient,
  paperIds: readonly bigint[],
): Promise<(paperId: bigint) => Known> {
  if (paperIds.length === 0) return () => nothing;
  const logs = await readLogs(drizzle(client), paperIds);
  const records = await readRecords(client, paperIds);
  const results = await readPublishedResults(client, paperIds);
  return (paperId) => ({
    log: logs.get(paperId) ?? nothing.log,
    record: records.get(paperId) ?? null,
    publishedResults: results.get(paperId) ?? [],
  });
}

/** Makes the derived rows of papers what their states say. Returns what that changes in the citation graph. */
async function writeDerived(
  session: WriteSession,
  targets: readonly PaperTarget[],
  writes: readonly LogWrite[],
): Promise<GraphChanges> {
  const known = new Set(writes.filter(({ held }) => held.pithNumber !== null).map(({ paperId }) => paperId));
  const before = await readPapersBefore(session, [...known]);
  const changes = targets.map((target) =>
    changeOf(target, before.get(target.paperId) ?? null, known.has(target.paperId)),
  );
  const others = await readOtherPapers(session, changes);
  await writePapers(session, changes);
  const identifiers = await settleIdentifiers(session, changes);
  const referenceChanges = await writeReferences(session, changes, identifiers);
  const citations = await writeCitations(session, changes, referenceChanges, others);
  const works = await writeWorks(session, changes, identifiers, referenceChanges, citations, others);

  let papers = 0;
  let claims = 0;
  for (const { row, before } of changes) {
    papers += Number(row !== null) - Number(before !== null);
    claims += (row?.claimCount ?? 0) - (before?.claimCount ?? 0);
  }
  let events = 0;
  let invalidEvents = 0;
  for (const { held, state } of writes) {
    events += state.events.size - held.events.size;
    invalidEvents += state.events.size - state.validCount - held.invalidCount;
  }
  session.write(
    ...totalsStatement({
      papers,
      works: works.added.length - works.removed.length,
      claims,
      citations: citations.total,
      events,
      invalid_events: invalidEvents,
    }),
  );
  return {
    addedWorks: works.added,
    removedWorks: works.removed,
    putEdges: citations.putEdges,
    removedEdges: citations.removedEdges,
  };
}

async function readRecords(
  client: pg.ClientBase,
  paperIds: readonly bigint[],
): Promise<Map<bigint, JsonObject>> {
  if (paperIds.length === 0) return new Map();
  const { rows } = await client.query<{ paper_id: string; record: string }>(
    "SELECT paper_id, record FROM records WHERE paper_id = ANY($1::bigint[]) AND record IS NOT NULL",
    [bigintArray(paperIds)],
  );
  const records = new Map<bigint, JsonObject>();
  for (const row of rows) {
    const record = recordOf(row.record);
    if (record !== null) records.set(BigInt(row.paper_id), record);
  }
  return records;
}

function recordOf(text: string | null): JsonObject | null {
  const record = text === null ? null : parseJson(text);
  return isJsonObject(record ?? undefined) ? (record as JsonObject) : null;
}

async function readPublishedResults(
  client: pg.ClientBase,
  paperIds: readonly bigint[],
): Promise<Map<bigint, CheckResult[]>> {
  const results = new Map<bigint, CheckResult[]>();
  if (paperIds.length === 0) return results;
  const { rows } = await client.query<{ paper_id: string; results: CheckResult[] }>(
    `SELECT paper_id, array_agg(DISTINCT result::text) AS results
     FROM published_states WHERE paper_id = ANY($1::bigint[]) GROUP BY paper_id`,
    [bigintArray(paperIds)],
  );
  for (const row of rows) results.set(BigInt(row.paper_id), row.results);
  return results;
}
