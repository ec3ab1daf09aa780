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
import { events, records } from "./tables/index.ts";
import { aliasValue, readBroughtAliases } from "./text-columns.ts";

/** What the log holds of one paper: enough to merge its state. */
export type PaperLog = {
  readonly events: AcceptedEvent[];
  /** As documents brought them that were accepted at `hash`. */
  readonly aliases: JsonValue[];
};

/** What the log holds of one paper, unparsed: two texts, which cost little to read and to send to a thread. */
export type LogText = {
  /** Five lines for each event: id, body, signature, proof, fault; an empty one where there is none. */
  readonly events: string;
  /** Of `records.aliases`. */
  readonly aliases: string;
};

/** Reads the logs of papers, in one statement however many they are. Papers without a log have no entry. */
export async function readLogs(db: Queries, paperIds: readonly bigint[]): Promise<Map<bigint, PaperLog>> {
  const texts = await readLogTexts(db, paperIds);
  return new Map([...texts].map(([paperId, text]) => [paperId, parseLog(text)]));
}

/** As `readLogs`, without parsing what was read. */
export async function readLogTexts(db: Queries, paperIds: readonly bigint[]): Promise<Map<bigint, LogText>> {
  if (paperIds.length === 0) return new Map();
  const ids = bigintArray(paperIds);
  // Canonical JSON has no line breaks (PROTOCOL.md, 1), so they can stand between the texts.
  const { rows } = await db.execute<{ paper_id: string; events: string | null; aliases: string }>(
    sql`SELECT paper_id, events_of_paper.events, ${records.aliases}
        FROM ${records} LEFT JOIN (
          SELECT ${events.paperId}, string_agg(
            concat_ws(E'\n', encode(${events.eventId}, 'hex'), ${events.body}, coalesce(${events.signature}, ''),
              ${events.proof}, coalesce(${events.fault}, '')), E'\n') AS events
          FROM ${events} WHERE ${events.paperId} = ANY(${ids}::bigint[]) GROUP BY ${events.paperId}
        ) AS events_of_paper USING (paper_id)
        WHERE ${records.paperId} = ANY(${ids}::bigint[])`,
  );
  return new Map(
    rows.map(({ paper_id, events, aliases }) => [BigInt(paper_id), { events: events ?? "", aliases }]),
  );
}

const linesOfEvent = 5;

export function parseLog({ events: text, aliases }: LogText): PaperLog {
  const lines = text === "" ? [] : text.split("\n");
  const parsed: AcceptedEvent[] = [];
  for (let line = 0; line < lines.length; line += linesOfEvent) {
    const [eventId, body, signature, proof, fault] = lines.slice(line, line + linesOfEvent) as EventLines;
    parsed.push(
      eventFromLog(body, parseJson(body) as JsonObject, {
        id: `sha256:${eventId}` as EventId,
        proof,
        fault: fault === "" ? null : fault,
        signature: signature === "" ? null : (parseJson(signature) as JsonObject),
      }),
    );
  }
  return { events: parsed, aliases: readBroughtAliases(aliases).map(aliasValue) };
}

type EventLines = [
  eventId: string,
  body: string,
  signature: string,
  proof: AcceptedEvent["proof"],
  fault: FaultReason | "",
];

/** The merged state of a paper as its log has it. */
export function mergeLog(pithNumber: PithNumber, log: PaperLog | undefined): MergedState {
  return mergeEvents(pithNumber, log?.events ?? [], log?.aliases ?? []);
}
