import type { Cell } from "../../store/rows.ts";
import { indexable } from "../project/text.ts";
import type { MergedPaper, WrittenEvent } from "./merge-paper.ts";
import { ask, type Planning, type RowChanges } from "./planning.ts";

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

/** An event that is to be inserted. */
type Inserted = { readonly paperId: bigint; readonly event: WrittenEvent; readonly ordinal: number };

/**
 * Plans what is added to the logs, and what the merge made of each event where that differs from before. Returns how
 * many events are new: they have the next positions of the log, without gaps.
 */
export function* planLog(
  changes: RowChanges,
  papers: readonly MergedPaper[],
  now: string,
): Planning<{ readonly insertedEvents: number }> {
  const { inserted, changed } = eventsOf(papers);
  if (inserted.length > 0) {
    // Where the clock was set back, the time is that of the event before: who reads events since a time finds where to begin.
    const { position, receivedAt } = yield* ask("endOfLog", now);
    const places = inserted.map((entry, index) => ({ ...entry, position: position + index + 1 }));
    changes.insert("events", eventColumns, places, (entry) => eventCells(entry, receivedAt));
    yield* planSigners(changes, inserted);
  }
  changes.update("events", changedColumns, changed, changedColumns.slice(2));
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

/** Plans the papers that there are logs of, with the hashes of their states. */
export function planRecords(changes: RowChanges, papers: readonly MergedPaper[]): void {
  const columns = ["paper_id", "pith_number", "record", "state_sha256", "aliases"];
  const cellsOf = ({ paperId, pithNumber, added, state }: MergedPaper): Cell[] => [
    paperId,
    pithNumber,
    added.record,
    `\\x${state.sha256}`,
    state.aliasesText,
  ];
  const isNew = ({ stored }: MergedPaper) => stored.pithNumber === null;
  const known = papers.filter((paper) => !isNew(paper));
  const changed = known.filter(
    ({ stored, state }) => stored.stateSha256 !== state.sha256 || stored.aliasesText !== state.aliasesText,
  );
  const recorded = known.filter(({ added }) => added.record !== null);
  changes.insert("records", columns, papers.filter(isNew), cellsOf);
  changes.update("records", columns, changed.map(cellsOf), ["state_sha256", "aliases"]);
  changes.update("records", columns, recorded.map(cellsOf), ["record"]);
}

/** The events that are new to the log, and rows of those of which something is another than before. */
function eventsOf(papers: readonly MergedPaper[]): { inserted: Inserted[]; changed: Cell[][] } {
  const inserted: Inserted[] = [];
  const changed: Cell[][] = [];
  for (const { paperId, stored, state, added } of papers) {
    for (const [ordinal, event] of state.events.entries()) {
      const { id, signature, proof, standing, status, reason } = event;
      const before = stored.events.get(id);
      if (before === undefined) {
        inserted.push({ paperId, event, ordinal });
        continue;
      }
      const derived = [standing, status, reason, ordinal].filter((cell) => cell !== null).join(" ");
      if (derived === before.derived && !added.events.has(id)) continue;
      changed.push([paperId, `\\x${id}`, signature, proof, standing, status, reason, ordinal]);
    }
  }
  return { inserted, changed };
}

function eventCells(
  { paperId, event, ordinal, position }: Inserted & { readonly position: number },
  receivedAt: string,
): Cell[] {
  const { id, text, signature, proof, fault, type, instant, signer, standing, status, reason } = event;
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

function* planSigners(changes: RowChanges, inserted: readonly Inserted[]): Planning<void> {
  const signers = new Map(inserted.map(({ event: { signer } }) => [signer.public_key_fingerprint, signer]));
  const stored = yield* ask("signers", [...signers.keys()]);
  changes.insert(
    "signers",
    ["fingerprint", "key_id", "signer_id", "signer_type"],
    [...signers].filter(([fingerprint]) => !stored.has(fingerprint)),
    ([fingerprint, { key_id, signer_id, signer_type }]) => [fingerprint, key_id, signer_id, signer_type],
  );
}
