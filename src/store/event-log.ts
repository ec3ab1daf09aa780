import { sql } from "drizzle-orm";
import type pg from "pg";
import {
  type AcceptedEvent,
  type EventId,
  eventFromLog,
  type FaultReason,
  type JsonObject,
  type JsonValue,
  type LogReader,
  type MergedState,
  type MergeEvent,
  mergeEvents,
  type PithNumber,
  type Proof,
  parseJson,
} from "../protocol/index.ts";
import { aliasValue, readLoggedAliases } from "../row-rules/index.ts";
import type { Queries } from "./database.ts";
import { bigintArray } from "./rows.ts";
import { events, records } from "./tables/index.ts";

/** The log of one paper: enough to merge its state. */
export type PaperLog = {
  readonly events: AcceptedEvent[];
  /** As in the documents that were accepted at `hash`. */
  readonly aliases: JsonValue[];
};

/** The unparsed log of one paper: two texts, which are cheap to read and to send to a thread. */
export type LogText = {
  /** Five lines per event: id, body, signature, proof, fault; an empty line for a missing value. */
  readonly events: string;
  /** The text of `records.aliases`. */
  readonly aliases: string;
};

/** Reads the logs of papers, in one statement. Papers without a log have no entry. */
export async function readLogs(db: Queries, paperIds: readonly bigint[]): Promise<Map<bigint, PaperLog>> {
  const texts = await readLogTexts(db, paperIds);
  return new Map([...texts].map(([paperId, text]) => [paperId, parseLog(text)]));
}

/** Like `readLogs`, without parsing. */
export async function readLogTexts(db: Queries, paperIds: readonly bigint[]): Promise<Map<bigint, LogText>> {
  if (paperIds.length === 0) return new Map();
  const ids = bigintArray(paperIds);
  // Canonical JSON has no line breaks (PROTOCOL.md, 1), so they can separate the texts.
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

const linesPerEvent = 5;

export function parseLog({ events: text, aliases }: LogText): PaperLog {
  const lines = text === "" ? [] : text.split("\n");
  const parsed: AcceptedEvent[] = [];
  for (let line = 0; line < lines.length; line += linesPerEvent) {
    const [eventId, body, signature, proof, fault] = lines.slice(line, line + linesPerEvent) as EventLines;
    parsed.push(
      eventFromLog(body, parseJson(body) as JsonObject, {
        id: `sha256:${eventId}` as EventId,
        proof,
        fault: fault === "" ? null : fault,
        signature: signature === "" ? null : (parseJson(signature) as JsonObject),
      }),
    );
  }
  return { events: parsed, aliases: readLoggedAliases(aliases).map(aliasValue) };
}

type EventLines = [
  eventId: string,
  body: string,
  signature: string,
  proof: AcceptedEvent["proof"],
  fault: FaultReason | "",
];

/** Merges the state of a paper from its log. */
export function mergeLog(pithNumber: PithNumber, log: PaperLog | undefined): MergedState {
  return mergeEvents(pithNumber, log?.events ?? [], log?.aliases ?? []);
}

/**
 * Reads the part of the logs that a merge needs: four lines per event (id, body, proof, fault; an empty line for a
 * missing value). Papers without events have no entry.
 */
export async function readEventTexts(
  client: Pick<pg.ClientBase, "query">,
  paperIds: readonly bigint[],
): Promise<Map<bigint, string>> {
  const { rows } = await client.query<{ paper_id: string; events: string }>(
    `SELECT paper_id, string_agg(
       concat_ws(E'\\n', 'sha256:' || encode(event_id, 'hex'), body, proof, coalesce(fault, '')), E'\\n') AS events
     FROM events WHERE paper_id = ANY($1::bigint[]) GROUP BY paper_id`,
    [bigintArray(paperIds)],
  );
  return new Map(rows.map(({ paper_id, events }) => [BigInt(paper_id), events]));
}

export function parseEventTexts(text: string, reader: LogReader): MergeEvent[] {
  const lines = text.split("\n");
  const events: MergeEvent[] = [];
  for (let line = 0; line + 3 < lines.length; line += 4) {
    events.push(
      reader.read(lines[line + 1] as string, {
        id: lines[line] as EventId,
        proof: lines[line + 2] as Proof,
        fault: lines[line + 3] === "" ? null : (lines[line + 3] as FaultReason),
      }),
    );
  }
  return events;
}
