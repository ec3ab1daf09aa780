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

/** The rows of papers' logs as they are stored. They may be sent to another thread. */
export type LogRows = {
  readonly events: readonly {
    readonly paperId: bigint;
    readonly eventId: string;
    readonly body: string;
    readonly signature: string | null;
    readonly proof: AcceptedEvent["proof"];
    readonly fault: string | null;
  }[];
  readonly aliases: readonly { readonly paperId: bigint; readonly aliases: string }[];
};

/** Reads the logs of papers, in two statements however many they are. Papers without a log have no entry. */
export async function readLogs(db: Queries, paperIds: readonly bigint[]): Promise<Map<bigint, PaperLog>> {
  return paperIds.length === 0 ? new Map() : logsOf(await readLogRows(db, paperIds));
}

export async function readLogRows(db: Queries, paperIds: readonly bigint[]): Promise<LogRows> {
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
  const aliasRows = await db
    .select({ paperId: records.paperId, aliases: records.aliases })
    .from(records)
    .where(sql`${records.paperId} = ANY(${ids}::bigint[])`);
  return { events: eventRows, aliases: aliasRows };
}

/** The logs that rows make up: for large ones this takes long. */
export function logsOf(rows: LogRows): Map<bigint, PaperLog> {
  const logs = new Map<bigint, PaperLog>();
  const logOf = (paperId: bigint): PaperLog => {
    const log = logs.get(paperId) ?? { events: [], aliases: [] };
    logs.set(paperId, log);
    return log;
  };
  for (const row of rows.events) {
    logOf(row.paperId).events.push(
      eventFromLog(row.body, parseJson(row.body) as JsonObject, {
        id: `sha256:${row.eventId}` as EventId,
        proof: row.proof,
        fault: row.fault as FaultReason | null,
        signature: row.signature === null ? null : (parseJson(row.signature) as JsonObject),
      }),
    );
  }
  for (const { paperId, aliases } of rows.aliases) {
    logOf(paperId).aliases.push(...readBroughtAliases(aliases).map(aliasValue));
  }
  return logs;
}

/** The merged state of a paper as its log has it. */
export function mergeLog(pithNumber: PithNumber, log: PaperLog | undefined): MergedState {
  return mergeEvents(pithNumber, log?.events ?? [], log?.aliases ?? []);
}
