import type { AcceptedEvent, MergedEvent, MergedState } from "../../protocol/index.ts";
import type { Cell } from "../../store/rows.ts";
import { indexable } from "../project/text.ts";
import type { Addition } from "./addition.ts";
import type { Held } from "./held.ts";
import type { WriteSession } from "./session.ts";

export type LogWrite = {
  readonly paperId: bigint;
  readonly pithNumber: string;
  readonly held: Held;
  readonly addition: LogAddition;
  readonly state: WrittenState;
};

/** Of what documents add, what is written: the events are those of the state. */
export type LogAddition = Pick<Addition, "publishedStates" | "record"> & {
  /** Ids in hex: new events, and events of which a better copy came. */
  readonly events: ReadonlySet<string>;
};

/**
 * Of a merged state what is written. Its text, as long as its document, is not, nor what its events were read into: a
 * batch would hold on to them.
 */
export type WrittenState = Pick<MergedState, "sha256" | "validCount"> & {
  readonly events: readonly WrittenEvent[];
  /** All aliases of the log, as they are stored. */
  readonly aliasesText: string;
};

/** What the log keeps of an event, and what the merge made of it. */
export type WrittenEvent = Pick<AcceptedEvent, "text" | "proof" | "fault" | "type" | "instant" | "signer"> &
  Pick<MergedEvent, "standing" | "status" | "reason"> & {
    /** In hex. */
    readonly id: string;
    /** Canonical text of the signature object; null where it came without. */
    readonly signature: string | null;
  };

const eventColumns = [
  "paper_id",
  "event_id",
  "position",
  "body",
  "signature",
  "proof",
  "fault",
  "received_at",
  "type",
  "created_at",
  "fingerprint",
  "standing",
  "status",
  "reason",
  "ordinal",
];

/** The key, and what the merge and better copies change. */
const changedColumns = [
  "paper_id",
  "event_id",
  "signature",
  "proof",
  "standing",
  "status",
  "reason",
  "ordinal",
];

/**
 * Writes what was added to the logs, and what the merge made of each event where that differs. Of the papers in
 * `added` the records are written already.
 */
export async function writeLogs(
  session: WriteSession,
  writes: readonly LogWrite[],
  added: ReadonlyMap<bigint, LogWrite>,
  now: string,
): Promise<void> {
  const { inserted, changed } = eventsOf(writes);
  const place = await allocatePositions(session, inserted.length, now);
  writeRecords(
    session,
    writes.filter(({ paperId }) => !added.has(paperId)),
  );
  writeEvents(session, { inserted, changed }, place);
  writePublishedStates(session, writes);
}

function writePublishedStates(session: WriteSession, writes: readonly LogWrite[]): void {
  session.insert(
    "published_states",
    ["paper_id", "state_sha256", "result"],
    writes.flatMap(({ paperId, addition }) =>
      [...addition.publishedStates].map(([sha256, result]) => [paperId, `\\x${sha256}`, result]),
    ),
  );
}

/** Writes the papers that there are logs of, with the hashes of their states. */
export function writeRecords(session: WriteSession, writes: Iterable<LogWrite>): void {
  const added: Cell[][] = [];
  const changed: Cell[][] = [];
  for (const { paperId, pithNumber, held, addition, state } of writes) {
    const aliases = state.aliasesText;
    const cells = [paperId, pithNumber, addition.record, `\\x${state.sha256}`, aliases];
    if (held.pithNumber === null) added.push(cells);
    else if (addition.record !== null || held.stateSha256 !== state.sha256 || held.aliasesText !== aliases) {
      changed.push(cells);
    }
  }
  session.put(
    "records",
    ["paper_id", "pith_number", "record", "state_sha256", "aliases"],
    { added, changed },
    `ON CONFLICT (paper_id) DO UPDATE SET record = coalesce(records.record, excluded.record),
       state_sha256 = excluded.state_sha256, aliases = excluded.aliases`,
  );
}

/** An event that is to be inserted. */
type Inserted = { readonly write: LogWrite; readonly entry: WrittenEvent; readonly ordinal: number };

/** The events that are new to the log, and rows of those of which something is another than before. */
function eventsOf(writes: readonly LogWrite[]): { inserted: Inserted[]; changed: Cell[][] } {
  const inserted: Inserted[] = [];
  const changed: Cell[][] = [];
  for (const write of writes) {
    // The merge lists them in the order of their ordinals.
    let ordinal = -1;
    for (const entry of write.state.events) {
      ordinal++;
      const { id, signature, proof, standing, status, reason } = entry;
      const held = write.held.events.get(id);
      if (held === undefined) {
        inserted.push({ write, entry, ordinal });
        continue;
      }
      const derived = [standing, status, reason, ordinal].filter((cell) => cell !== null).join(" ");
      if (derived === held.derived && !write.addition.events.has(id)) continue;
      changed.push([write.paperId, `\\x${id}`, signature, proof, standing, status, reason, ordinal]);
    }
  }
  return { inserted, changed };
}

/** Where new events stand in the order in which this mirror took events in. */
type Place = { readonly firstPosition: number; readonly receivedAt: string };

/**
 * The first of so many positions. The row of the counter stays locked until the commit: positions are given in commit
 * order, without gaps. Where the clock was set back, the time is that of the event before: who asks for events since
 * a time finds where to begin.
 */
async function allocatePositions(session: WriteSession, count: number, now: string): Promise<Place> {
  if (count === 0) return { firstPosition: 0, receivedAt: now };
  // Two statements: the counter lies on one server, also where the events are distributed.
  const [[last], [latest]] = await Promise.all([
    session.read<{ value: string }>(
      `INSERT INTO totals (name, value) VALUES ('position', $1)
       ON CONFLICT (name) DO UPDATE SET value = totals.value + excluded.value RETURNING value`,
      [count],
    ),
    session.readBefore<{ received_at: string }>(
      `SELECT to_char(greatest($1::timestamptz, max(received_at)) AT TIME ZONE 'UTC',
                      'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS received_at FROM events`,
      [now],
    ),
  ]);
  return { firstPosition: Number(last?.value) - count + 1, receivedAt: latest?.received_at ?? now };
}

function writeEvents(
  session: WriteSession,
  { inserted, changed }: { inserted: readonly Inserted[]; changed: readonly Cell[][] },
  { firstPosition, receivedAt }: Place,
): void {
  session.insert(
    "events",
    eventColumns,
    inserted.map(({ write, entry, ordinal }, index) =>
      eventRow(write.paperId, entry, firstPosition + index, ordinal, receivedAt),
    ),
  );
  insertSigners(session, inserted);
  session.update("events", changedColumns, changed, changedColumns.slice(2));
}

function eventRow(
  paperId: bigint,
  { id, text, signature, proof, fault, type, instant, signer, standing, status, reason }: WrittenEvent,
  position: number,
  ordinal: number,
  receivedAt: string,
): Cell[] {
  return [
    paperId,
    `\\x${id}`,
    position,
    text,
    signature,
    proof,
    fault,
    receivedAt,
    indexable(type),
    `${instant}Z`,
    signer.public_key_fingerprint,
    standing,
    status,
    reason,
    ordinal,
  ];
}

function insertSigners(session: WriteSession, inserted: readonly Inserted[]): void {
  const signers = new Map(inserted.map(({ entry: { signer } }) => [signer.public_key_fingerprint, signer]));
  session.upsert(
    "signers",
    ["fingerprint", "key_id", "signer_id", "signer_type"],
    [...signers].map(([fingerprint, signer]) => [
      fingerprint,
      signer.key_id,
      signer.signer_id,
      signer.signer_type,
    ]),
    "ON CONFLICT DO NOTHING",
  );
}
