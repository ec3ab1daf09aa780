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
import { type Database, type PaperLog, paperIdOf, readLogs } from "../../store/index.ts";
import { bigintArray } from "../../store/rows.ts";
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
import { addToTotals } from "./totals.ts";
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
      for (const paperId of await writePending(client, pending, now)) merged.add(paperId);
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
  const state = mergeEvents(pithNumber, events, [...log.aliases, ...addition.aliases.values()]);
  const results = [...publishedResults, ...([...addition.publishedStates.values()] as CheckResult[])];
  const bundleRecord = recordOf(addition.record) ?? record;
  const target = projectTarget({ pithNumber, state, bundleRecord, publishedResults: new Set(results) });
  return { addition, state, target };
}

/** Writes what is pending, compared once more with what is held now. Returns the papers that were changed. */
async function writePending(client: pg.PoolClient, pending: Pending, now: string): Promise<bigint[]> {
  if (pending.size === 0) return [];
  const held = await readHeld(client, pending.keys());
  const additions = new Map<bigint, Addition>();
  for (const [paperId, { pithNumber, arrivals, prepared }] of pending) {
    const known = heldOf(held, paperId, pithNumber);
    const addition = known.pithNumber !== null ? additionOf(arrivals, known) : (prepared?.addition ?? null);
    if (addition !== null) additions.set(paperId, addition);
  }
  const heldIds = [...additions.keys()].filter((paperId) => held.has(paperId));
  const knownOf = await readKnown(client, heldIds);

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
  await writeLogs(client, writes, now);
  await writeDerived(client, targets, writes);
  await recordChanges(client, changedStates(writes), now);
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
  const logs = await readLogs(drizzle(client), paperIds);
  const records = await readRecords(client, paperIds);
  const results = await readPublishedResults(client, paperIds);
  return (paperId) => ({
    log: logs.get(paperId) ?? nothing.log,
    record: records.get(paperId) ?? null,
    publishedResults: results.get(paperId) ?? [],
  });
}

/** Makes the derived rows of papers what their states say. */
async function writeDerived(
  client: pg.PoolClient,
  targets: readonly PaperTarget[],
  writes: readonly LogWrite[],
): Promise<void> {
  const known = writes.filter(({ held }) => held.pithNumber !== null).map(({ paperId }) => paperId);
  const before = await readPapersBefore(client, known);
  const changes = targets.map((target) => changeOf(target, before.get(target.paperId) ?? null));
  await writePapers(client, changes);
  const identifiers = await settleIdentifiers(client, changes);
  const referenceChanges = await writeReferences(client, changes, identifiers);
  const counts = await writeCitations(client, changes, referenceChanges);
  const works = await writeWorks(client, changes, identifiers, referenceChanges, counts);

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
  await addToTotals(client, {
    papers,
    works,
    claims,
    citations: counts.total,
    events,
    invalid_events: invalidEvents,
  });
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
