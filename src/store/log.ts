import { sql } from "drizzle-orm";
import {
  type AcceptedEvent,
  type EventId,
  eventFromLog,
  type FaultReason,
  type JsonObject,
  type JsonValue,
  type MergedState,
  mergeEvents,
  type PithNumber,
  parseJson,
} from "../protocol/index.ts";
import type { Queries } from "./database.ts";
import { bigintArray } from "./rows.ts";
import { aliasValue, readBroughtAliases } from "./stored-aliases.ts";
import { events, records } from "./tables/index.ts";

/** What the log holds of one paper: enough to merge its state. */
export type PaperLog = {
  readonly events: AcceptedEvent[];
  /** As documents brought them that were accepted at `hash`. */
  readonly aliases: JsonValue[];
};

/** The bytes of the events in the logs of papers. Papers without events have no entry. */
export async function readLogSizes(db: Queries, paperIds: readonly bigint[]): Promise<Map<bigint, number>> {
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

/** An event as the log has it. */
export type EventRow = Pick<typeof events.$inferSelect, "eventId" | "body" | "signature" | "proof" | "fault">;

/** What the log holds of one paper, unparsed: it can be sent to a thread. */
export type LogRows = { readonly events: EventRow[]; readonly aliases: JsonValue[] };

/** Reads the logs of papers, in two statements however many they are. Papers without a log have no entry. */
export async function readLogs(db: Queries, paperIds: readonly bigint[]): Promise<Map<bigint, PaperLog>> {
  const rows = await readLogRows(db, paperIds);
  return new Map([...rows].map(([paperId, log]) => [paperId, parseLog(log)]));
}

/** As `readLogs`, without parsing what was read. */
export async function readLogRows(db: Queries, paperIds: readonly bigint[]): Promise<Map<bigint, LogRows>> {
  const logs = new Map<bigint, LogRows>();
  if (paperIds.length === 0) return logs;
  const logOf = (paperId: bigint): LogRows => {
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
  for (const { paperId, ...row } of eventRows) logOf(paperId).events.push(row);
  const aliasRows = await db
    .select({ paperId: records.paperId, aliases: records.aliases })
    .from(records)
    .where(sql`${records.paperId} = ANY(${ids}::bigint[])`);
  for (const { paperId, aliases } of aliasRows) {
    logOf(paperId).aliases.push(...readBroughtAliases(aliases).map(aliasValue));
  }
  return logs;
}

export function parseLog({ events: rows, aliases }: LogRows): PaperLog {
  const parsed = rows.map(({ eventId, body, signature, proof, fault }) =>
    eventFromLog(body, parseJson(body) as JsonObject, {
      id: `sha256:${eventId}` as EventId,
      proof,
      fault: fault as FaultReason | null,
      signature: signature === null ? null : (parseJson(signature) as JsonObject),
    }),
  );
  return { events: parsed, aliases };
}

/** The merged state of a paper as its log has it. */
export function mergeLog(pithNumber: PithNumber, log: PaperLog | undefined): MergedState {
  return mergeEvents(pithNumber, log?.events ?? [], log?.aliases ?? []);
}
