import { drizzle } from "drizzle-orm/node-postgres";
import type pg from "pg";
import {
  type CheckResult,
  isJsonObject,
  type JsonObject,
  mergeEvents,
  type PithNumber,
  parseJson,
} from "../../protocol/index.ts";
import { type Database, paperIdOf, readLogs } from "../../store/index.ts";
import { bigintArray } from "../../store/rows.ts";
import type { Arrival, Rejection } from "../arrival.ts";
import { projectTarget } from "../project/target.ts";
import { type Addition, additionOf } from "./addition.ts";
import { writeCitations } from "./citations.ts";
import { refuseCollision } from "./collision.ts";
import { type Held, readHeld } from "./held.ts";
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
const writeLock = 7_484_002;

/**
 * Writes a batch in one transaction: either all that follows from its documents, or nothing. The number of
 * statements does not depend on the number of documents.
 */
export async function writeBatch(
  database: Database,
  arrivals: readonly Arrival[],
  rejections: readonly Rejection[],
): Promise<Outcome[]> {
  const client = await database.pool.connect();
  try {
    // Each statement after the lock sees what the writer before has committed, whatever the server's default is.
    await client.query("BEGIN ISOLATION LEVEL READ COMMITTED");
    await client.query("SELECT pg_advisory_xact_lock($1)", [writeLock]);
    const now = new Date().toISOString();
    const outcomes = await writeArrivals(client, arrivals, now);
    await writeQuarantine(client, rejections, arrivals, now);
    await client.query("COMMIT");
    client.release();
    return outcomes;
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

async function writeArrivals(
  client: pg.PoolClient,
  arrivals: readonly Arrival[],
  now: string,
): Promise<Outcome[]> {
  const groups = new Map<bigint, Group>();
  for (const arrival of arrivals) {
    const { pithNumber } = arrival.document;
    const paperId = paperIdOf(pithNumber);
    const group = groups.get(paperId);
    if (group === undefined) groups.set(paperId, { pithNumber, arrivals: [arrival] });
    else if (group.pithNumber === pithNumber) group.arrivals.push(arrival);
    else refuseCollision(group.pithNumber, pithNumber);
  }
  if (groups.size === 0) return [];
  const held = await readHeld(client, groups);
  const additions = new Map<bigint, Addition>();
  for (const [paperId, group] of groups) {
    const addition = additionOf(group.arrivals, held.get(paperId) as Held);
    if (addition !== null) additions.set(paperId, addition);
  }
  if (additions.size > 0) await writeAdditions(client, groups, held, additions, now);
  return arrivals.map(({ document }) =>
    additions.has(paperIdOf(document.pithNumber)) ? "merged" : "unchanged",
  );
}

async function writeAdditions(
  client: pg.PoolClient,
  groups: ReadonlyMap<bigint, Group>,
  held: ReadonlyMap<bigint, Held>,
  additions: ReadonlyMap<bigint, Addition>,
  now: string,
): Promise<void> {
  const known = [...additions.keys()].filter((paperId) => held.get(paperId)?.hasSubject);
  const logs = await readLogs(drizzle(client), known);
  const records = await readRecords(client, known);
  const results = await readPublishedResults(client, known);

  const writes: LogWrite[] = [];
  const targets: PaperTarget[] = [];
  for (const [paperId, addition] of additions) {
    const { pithNumber } = groups.get(paperId) as Group;
    const log = logs.get(paperId);
    // The copies that came are held against the log's: of one event the better one counts.
    const replaced = new Set([...addition.events.values()].map(({ id }) => id));
    const events = [
      ...addition.events.values(),
      ...(log?.events ?? []).filter(({ id }) => !replaced.has(id)),
    ];
    const state = mergeEvents(pithNumber, events, [...(log?.aliases ?? []), ...addition.aliases.values()]);
    writes.push({ paperId, pithNumber, held: held.get(paperId) as Held, addition, state });
    const publishedResults = new Set([
      ...(results.get(paperId) ?? []),
      ...([...addition.publishedStates.values()] as CheckResult[]),
    ]);
    const bundleRecord = recordOf(addition.record) ?? records.get(paperId) ?? null;
    targets.push(projectTarget({ pithNumber, state, bundleRecord, publishedResults }));
  }
  await writeLogs(client, writes, now);
  await writeDerived(client, targets, writes);
}

/** Makes the derived rows of papers what their states say. */
async function writeDerived(
  client: pg.PoolClient,
  targets: readonly PaperTarget[],
  writes: readonly LogWrite[],
): Promise<void> {
  const known = writes.filter(({ held }) => held.hasSubject).map(({ paperId }) => paperId);
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
