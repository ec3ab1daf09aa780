import type pg from "pg";
import { areTablesDistributed, queryAndDistributed } from "../../store/citus/kept-twice.ts";
import { recordChanges, type StateChange } from "../../store/feed.ts";
import { recordGraphChanges } from "../../store/graph-feed.ts";
import { type Database, paperIdOf } from "../../store/index.ts";
import { inWriteTransaction, type Statements } from "../../store/transaction.ts";
import { writeLock } from "../../store/write-lock.ts";
import { waitForWriteLock } from "../../store/write-lock-wait.ts";
import type { Arrival, Rejection } from "../arrival.ts";
import { type Addition, additionOf } from "./addition.ts";
import { writeDerived } from "./derived.ts";
import { type HeldPapers, nothingHeld, readHeld } from "./held.ts";
import { readKnown } from "./known-papers.ts";
import { type LogWrite, writeLogs } from "./log.ts";
import { isHeldMeanwhile, writeNewPapers } from "./new-papers.ts";
import type { PaperTarget } from "./paper-change.ts";
import {
  cameMeanwhile,
  type Group,
  heldOf,
  type Pending,
  type Preparation,
  prepare,
  prepareAll,
} from "./pending.ts";
import { writeQuarantine } from "./quarantine.ts";
import { hasQuarantined, releaseAccepted } from "./released.ts";
import { WriteSession } from "./session.ts";

/** What became of the documents of a batch, in their order. */
export type Outcome = "merged" | "unchanged";

export type WriteOptions = {
  /** The same documents, where the caller has prepared them. */
  readonly preparation?: Preparation;
  /** The caller has taken `writeLock` in a session of its own. */
  readonly isLockHeld?: boolean;
};

/**
 * Writes a batch in one transaction: either all that follows from its documents, or nothing. The number of
 * statements does not depend on the number of documents.
 *
 * What can be done without the lock is done before it: papers that are not held are merged and projected, what
 * concerns them alone is written, and documents that add nothing are told apart. A log only grows, so what adds
 * nothing now adds nothing later.
 *
 * What of its documents was in quarantine leaves it in the same transaction.
 */
export async function writeBatch(
  database: Database,
  arrivals: readonly Arrival[],
  rejections: readonly Rejection[],
  { preparation, isLockHeld = false }: WriteOptions = {},
): Promise<Outcome[]> {
  const batch = { database, isLockHeld, arrivals, rejections };
  const merged = await writePrepared(batch, (await preparation?.finish()) ?? (await prepareHeld(batch)));
  return arrivals.map(({ pithNumber }) => (merged.has(paperIdOf(pithNumber)) ? "merged" : "unchanged"));
}

type Batch = {
  readonly database: Database;
  readonly isLockHeld: boolean;
  readonly arrivals: readonly Arrival[];
  readonly rejections: readonly Rejection[];
};

/**
 * Writes a batch; once more where meanwhile another writer brought a paper that was not held. Returns those that were
 * changed.
 */
async function writePrepared(batch: Batch, pending: Pending): Promise<ReadonlySet<bigint>> {
  try {
    return await writeTransaction(batch, pending);
  } catch (error) {
    if (!isHeldMeanwhile(error)) throw error;
    const again = await prepareHeld(batch);
    // Nobody's but one that a rebuild took out again at once: whoever retries batches retries this one.
    if (!cameMeanwhile(pending, again)) throw error;
    return writePrepared(batch, again);
  }
}

/** Prepares the documents of a batch, compared with what is held of their papers. */
async function prepareHeld({ database, arrivals }: Batch): Promise<Pending> {
  const paperIds = new Set(arrivals.map(({ pithNumber }) => paperIdOf(pithNumber)));
  return prepareAll(arrivals, await readHeld(database.pool, paperIds));
}

async function writeTransaction(
  { database, isLockHeld, arrivals, rejections }: Batch,
  pending: Pending,
): Promise<ReadonlySet<bigint>> {
  const isRefusing = rejections.length > 0 || arrivals.some(({ refused }) => refused.length > 0);
  if (pending.size === 0 && !isRefusing && !(await hasQuarantined(database.pool, arrivals))) return new Set();
  return inWriteTransaction(database.pool, async (writer) => {
    const added = await writeNewPapers(writer, pending);
    const areDistributed = await lockForWriting(database.pool, writer, isLockHeld);
    const now = new Date().toISOString();
    const merged = await withReader(database.pool, (reader) =>
      writePending(new WriteSession(writer, reader, areDistributed), pending, added, now),
    );
    await writeQuarantine(writer, rejections, arrivals, now);
    await releaseAccepted(writer, arrivals);
    return merged;
  });
}

/** Waits for the lock, and reads under it whether the tables are distributed: that is settled for the batch. */
async function lockForWriting(pool: pg.Pool, writer: Statements, isLockHeld: boolean): Promise<boolean> {
  if (isLockHeld) return areTablesDistributed(writer);
  const locked = await waitForWriteLock(pool, () =>
    queryAndDistributed(writer, `SELECT pg_advisory_xact_lock(${writeLock})`),
  );
  return locked.areDistributed;
}

/** Lends a second connection of the pool, where there is one to be had at once: waiting for it could last for ever. */
async function withReader<Result>(
  pool: pg.Pool,
  use: (reader: pg.PoolClient | null) => Promise<Result>,
): Promise<Result> {
  const hasRoom = pool.waitingCount === 0 && (pool.idleCount > 0 || pool.totalCount < pool.options.max);
  const reader = hasRoom ? await pool.connect() : null;
  try {
    const result = await use(reader);
    reader?.release();
    return result;
  } catch (error) {
    // A statement may be under way on it still.
    reader?.release(true);
    throw error;
  }
}

/** Writes what is pending, compared once more with what is held now: but for `added`, which nobody else can hold. */
async function writePending(
  session: WriteSession,
  pending: Pending,
  added: ReadonlyMap<bigint, LogWrite>,
  now: string,
): Promise<ReadonlySet<bigint>> {
  if (pending.size === 0) return new Set();
  const others = [...pending].filter(([paperId]) => !added.has(paperId));
  const held = await readHeldAgain(session, others);
  const additions = new Map<bigint, Addition>();
  for (const [paperId, { pithNumber, arrivals }] of others) {
    const addition = additionOf(arrivals, heldOf(held, paperId, pithNumber));
    if (addition !== null) additions.set(paperId, addition);
  }
  const heldIds = [...additions.keys()].filter((paperId) => held.has(paperId));
  const knownOf = await readKnown(await session.flush(), heldIds);

  const writes: LogWrite[] = [];
  const targets: PaperTarget[] = [];
  for (const [paperId, { pithNumber, prepared }] of pending) {
    const newPaper = added.get(paperId);
    const addition = additions.get(paperId);
    if (newPaper !== undefined && prepared !== null) {
      writes.push(newPaper);
      targets.push(prepared.target);
    } else if (addition !== undefined) {
      const before = held.get(paperId) ?? nothingHeld;
      const merged = prepare(pithNumber, addition, knownOf(paperId), before);
      writes.push({ paperId, pithNumber, held: before, addition: merged.addition, state: merged.state });
      targets.push(merged.target);
    }
  }
  await writeLogs(session, writes, added, now);
  const graphChanges = await writeDerived(session, targets, writes, added);
  const client = await session.flush();
  await recordChanges(client, changedStates(writes), now);
  await recordGraphChanges(client, graphChanges, now);
  return new Set(writes.map(({ paperId }) => paperId));
}

async function readHeldAgain(
  session: WriteSession,
  papers: readonly (readonly [bigint, Group])[],
): Promise<HeldPapers> {
  if (papers.length === 0) return new Map();
  return readHeld(
    await session.flush(),
    papers.map(([paperId]) => paperId),
  );
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
