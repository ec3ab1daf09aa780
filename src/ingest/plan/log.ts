import type { Cell } from "../../store/index.ts";
import { indexable } from "../row-text.ts";
import type { MergedPaper, WrittenEvent } from "./merge-paper.ts";
import { lookUp, type Planning, type RowChanges } from "./planning.ts";

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
  "depth",
];

const copyColumns = ["paper_id", "event_id", "signature", "proof"];
const outcomeColumns = ["paper_id", "event_id", "standing", "status", "reason", "depth"];

/** An event to insert. */
type Inserted = { readonly paperId: bigint; readonly event: WrittenEvent };

/**
 * Plans the additions to the logs, and updates events whose merge outcome changed. Returns the number of new events,
 * which get the next positions of the log, without gaps.
 */
export function* planLog(
  changes: RowChanges,
  papers: readonly MergedPaper[],
  now: string,
): Planning<{ readonly insertedEvents: number }> {
  const inserted = papers.flatMap(({ paperId, events }) =>
    events.inserted.map((event): Inserted => ({ paperId, event })),
  );
  if (inserted.length > 0) {
    // Never earlier than the previous event, even if the clock was set back, so that reads since a time find a start.
    const { position, receivedAt } = yield* lookUp("endOfLog", now);
    const places = inserted.map((entry, index) => ({ ...entry, position: position + index + 1 }));
    changes.insert("events", eventColumns, places, (entry) => eventCells(entry, receivedAt));
    yield* planSigners(changes, inserted);
  }
  const copies = papers.flatMap(({ paperId, events }) =>
    events.copies.map(({ id, signature, proof }) => [paperId, `\\x${id}`, signature, proof]),
  );
  changes.update("events", copyColumns, copies, copyColumns.slice(2));
  const outcomes = papers.flatMap(({ paperId, events }) =>
    events.changed.map(({ id, standing, status, reason, depth }) => [
      ...[paperId, `\\x${id}`, standing, status, reason, depth],
    ]),
  );
  changes.update("events", outcomeColumns, outcomes, outcomeColumns.slice(2));
  changes.insert(
    "published_states",
    ["paper_id", "state_sha256", "result"],
    papers.flatMap(({ paperId, added }) =>
      [...added.publishedStates].map(([sha256, result]) => [paperId, `\\x${sha256}`, result]),
    ),
    (cells) => cells,
  );
  return { insertedEvents: inserted.length };
}

/** Plans the rows of `records`, with the hashes of the states. */
export function planRecords(changes: RowChanges, papers: readonly MergedPaper[]): void {
  const columns = ["paper_id", "pith_number", "record", "state_sha256", "log_checksum", "aliases"];
  const cellsOf = ({ paperId, pithNumber, added, state }: MergedPaper): Cell[] => [
    paperId,
    pithNumber,
    added.record,
    `\\x${state.sha256}`,
    `\\x${state.logChecksum}`,
    state.aliasesText,
  ];
  const isNew = ({ stored }: MergedPaper) => stored.pithNumber === null;
  const known = papers.filter((paper) => !isNew(paper));
  const changed = known.filter(
    ({ stored, state }) =>
      stored.stateSha256 !== state.sha256 ||
      stored.logChecksum !== state.logChecksum ||
      stored.aliasesText !== state.aliasesText,
  );
  const recorded = known.filter(({ added }) => added.record !== null);
  changes.insert("records", columns, papers.filter(isNew), cellsOf);
  changes.update("records", columns, changed.map(cellsOf), ["state_sha256", "log_checksum", "aliases"]);
  changes.update("records", columns, recorded.map(cellsOf), ["record"]);
}

function eventCells(
  { paperId, event, position }: Inserted & { readonly position: number },
  receivedAt: string,
): Cell[] {
  const { id, text, signature, proof, fault, type, instant, signer, standing, status, reason, depth } = event;
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
    depth,
  ];
}

function* planSigners(changes: RowChanges, inserted: readonly Inserted[]): Planning<void> {
  const signers = new Map(inserted.map(({ event: { signer } }) => [signer.public_key_fingerprint, signer]));
  const stored = yield* lookUp("signers", [...signers.keys()]);
  changes.insert(
    "signers",
    ["fingerprint", "key_id", "signer_id", "signer_type"],
    [...signers].filter(([fingerprint]) => !stored.has(fingerprint)),
    ([fingerprint, { key_id, signer_id, signer_type }]) => [fingerprint, key_id, signer_id, signer_type],
  );
}
