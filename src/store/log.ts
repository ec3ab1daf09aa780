import { sql } from "drizzle-orm";
import {
  type AcceptedEvent,
  type AliasMention,
  type EventId,
  eventFromLog,
  type FaultReason,
  type JsonObject,
  type MergedState,
  mergeEvents,
  type PithNumber,
  parseJson,
} from "../protocol/index.ts";
import type { Queries } from "./database.ts";
import { bigintArray } from "./rows.ts";
import { mentionOf, readStoredAliases } from "./stored-aliases.ts";
import { events, records } from "./tables/index.ts";

/** What the log holds of one paper: enough to merge its state. */
export type PaperLog = {
  readonly events: AcceptedEvent[];
  readonly aliases: AliasMention[];
};

/** The bytes of the events in the logs of papers. Papers without events have no entry. */
export async function readLogSizes(
  db: Queries,
  paperIds: readonly bigint[],
): Promise<Map<bigint, number>> {
  const rows = await db
    .select({
      paperId: events.paperId,
      size: sql<number>`sum(octet_length(${events.body}))`.mapWith(Number),
    })
    .from(events)
    .where(sql`${events.paperId} = ANY(${bigintArray(paperIds)}::bigint[])`)
    .groupBy(events.paperId);
  return new Map(rows.map(({ paperId, size }) => [paperId, size]));
}

/**
 * Reads the logs of papers, in two statements however many they are. Papers without a log have no entry. `giveWay` is
 * waited for between events: parsing them takes time.
 */
export async function readLogs(
  db: Queries,
  paperIds: readonly bigint[],
  giveWay?: () => Promise<void>,
): Promise<Map<bigint, PaperLog>> {
  const logs = new Map<bigint, PaperLog>();
  if (paperIds.length === 0) return logs;
  const logOf = (paperId: bigint): PaperLog => {
    const log = logs.get(paperId) ?? { events: [], aliases: [] };
    logs.set(paperId, log);
    return log;
  };
  const ids = bigintArray(paperIds);
  const eventRows = await db
    .select({
      paperId: events.paperId,
      eventId: events.eventId,
      body: events.body,
      signature: events.signature,
      proof: events.proof,
      fault: events.fault,
    })
    .from(events)
    .where(sql`${events.paperId} = ANY(${ids}::bigint[])`);
  for (const row of eventRows) {
    logOf(row.paperId).events.push(
      eventFromLog(row.body, parseJson(row.body) as JsonObject, {
        id: `sha256:${row.eventId}` as EventId,
        proof: row.proof,
        fault: row.fault as FaultReason | null,
        signature: row.signature === null ? null : (parseJson(row.signature) as JsonObject),
      }),
    );
    await giveWay?.();
  }
  const aliasRows = await db
    .select({ paperId: records.paperId, aliases: records.aliases })
    .from(records)
    .where(sql`${records.paperId} = ANY(${ids}::bigint[])`);
  for (const { paperId, aliases } of aliasRows) {
    logOf(paperId).aliases.push(...readStoredAliases(aliases).map(mentionOf));
  }
  return logs;
}

/** The merged state of a paper as its log has it. */
export function mergeLog(pithNumber: PithNumber, log: PaperLog | undefined): MergedState {
  return mergeEvents(pithNumber, log?.events ?? [], log?.aliases ?? []);
}
