import {
  type AcceptedEvent,
  type Alias,
  type CheckResult,
  canonicalJson,
  compareCodePoints,
  type EventOutcome,
  isEarlier,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  mergeEventOf,
  PaperMerge,
  type PithNumber,
  parseAlias,
  parseJson,
  proofRank,
  type StateSummary,
} from "../../protocol/index.ts";
import {
  aliasesText,
  aliasValue,
  emptyChecksum,
  type StoredAlias,
  setChecksum,
} from "../../row-rules/index.ts";
import { type PaperTarget, projectTarget } from "../project-paper.ts";
import type { DocumentContents } from "../verify.ts";
import type { StoredLog, StoredPaper, StoredPapers } from "./lookups.ts";
import { throwCollision } from "./planning.ts";

/** The documents of one paper in a batch. */
export type IncomingPaper = {
  readonly paperId: bigint;
  readonly pithNumber: PithNumber;
  /** Empty for a paper that is already merged, so that a batch does not keep parsed documents in memory. */
  readonly documents: readonly DocumentContents[];
  /** For a paper of which nothing was stored: its merge result (optimistic.ts). */
  readonly merged: MergedPaper | null;
};

/** The stored data of a paper of which nothing is stored. */
const nothingStored: StoredPaper = {
  events: new Map(),
  aliases: new Map(),
  aliasesText: "[]",
  publishedStates: new Set(),
  pithNumber: null,
  stateSha256: null,
  logChecksum: emptyChecksum,
  hasRecord: false,
};

/** The log of a paper of which nothing is stored. */
export function emptyLog(pithNumber: PithNumber): StoredLog {
  return { merge: new PaperMerge(pithNumber), record: null, publishedResults: [] };
}

/** The stored data of a paper. Throws CollisionError if its key belongs to another paper. */
export function storedOf(stored: StoredPapers, paperId: bigint, pithNumber: PithNumber): StoredPaper {
  const paper = stored.get(paperId) ?? nothingStored;
  if (paper.pithNumber !== null && paper.pithNumber !== pithNumber) {
    throwCollision(paper.pithNumber, pithNumber);
  }
  return paper;
}

/** What documents add to a paper's log. */
export type Addition = {
  /** New events, and better copies of stored events, by id in hex. */
  readonly events: ReadonlyMap<string, AcceptedEvent>;
  /** Aliases that are new to the log, or earlier than in the log, by `aliasKey`. */
  readonly aliases: ReadonlyMap<string, StoredAlias>;
  readonly publishedStates: ReadonlyMap<string, CheckResult>;
  /** The canonical text of the record, if a bundle is the first to contain it. */
  readonly record: string | null;
};

/** Compares documents with the stored data of their paper; null if they add nothing. Order does not matter. */
export function additionOf(documents: readonly DocumentContents[], stored: StoredPaper): Addition | null {
  const events = new Map<string, AcceptedEvent>();
  const aliases = new Map<string, StoredAlias>();
  const publishedStates = new Map<string, CheckResult>();
  let addedRecord: string | null = null;
  for (const { judged, publishedResult, record } of documents) {
    for (const event of judged.events) {
      const id = event.id.slice(7);
      const added = events.get(id);
      const other =
        added === undefined ? stored.events.get(id) : { proof: added.proof, signature: signatureText(added) };
      if (other === undefined || isBetterCopy(event, other)) events.set(id, event);
    }
    for (const alias of judged.aliases) addAlias(aliases, alias, stored.aliases);
    const published = judged.published?.sha256;
    if (published !== undefined && publishedResult !== null && !stored.publishedStates.has(published)) {
      publishedStates.set(published, publishedResult);
    }
    if (record !== null && !stored.hasRecord) addedRecord = record;
  }
  const isNothing =
    stored.pithNumber !== null &&
    addedRecord === null &&
    events.size + aliases.size + publishedStates.size === 0;
  return isNothing ? null : { events, aliases, publishedStates, record: addedRecord };
}

function signatureText(event: Pick<AcceptedEvent, "signature">): string | null {
  return event.signature === null ? null : canonicalJson(event.signature);
}

/** The higher proof wins; of two signatures, the one with the smaller text, so that order does not matter. */
function isBetterCopy(
  event: AcceptedEvent,
  other: Pick<AcceptedEvent, "proof"> & { readonly signature: string | null },
): boolean {
  const difference = proofRank(event.proof) - proofRank(other.proof);
  if (difference !== 0 || other.signature === null) return difference > 0;
  const text = signatureText(event);
  return text !== null && text < other.signature;
}

// ---- Aliases

/** Identifies an alias within a paper; also the sort key. */
export function aliasKey({ kind, value }: Pick<StoredAlias, "kind" | "value">): string {
  return `${JSON.stringify(kind)},${JSON.stringify(value)}`;
}

/**
 * Adds an alias of a document if the log has none as early. Malformed aliases are not part of the log; aliases that
 * contradict the record are, because another record may arrive.
 */
function addAlias(
  added: Map<string, StoredAlias>,
  documentAlias: JsonValue,
  stored: ReadonlyMap<string, StoredAlias>,
): void {
  const alias = parseAlias(documentAlias);
  if (alias === null) return;
  const { kind, value, createdAt } = alias;
  const row = { kind, value, createdAt, isLogged: true, isCurrent: false };
  const key = aliasKey(row);
  const other = added.get(key) ?? stored.get(key);
  if (other === undefined || comesEarlier(alias, other)) added.set(key, row);
}

function comesEarlier(alias: Alias, stored: StoredAlias): boolean {
  const other = parseAlias(aliasValue(stored));
  return other !== null && isEarlier(alias, other);
}

/** All aliases of a paper as stored: those of the log, marked if the state lists them, and the derived ones. */
function mergedAliasesText(
  stored: StoredPaper["aliases"],
  added: Addition["aliases"],
  { aliases }: Pick<StateSummary, "aliases">,
): string {
  const listed = new Map(aliases.map((alias) => [aliasKey(alias), alias]));
  const all = new Map<string, StoredAlias>();
  for (const [key, alias] of [...stored, ...added]) all.set(key, { ...alias, isCurrent: listed.has(key) });
  for (const [key, { kind, value, createdAt, isDerived }] of listed) {
    if (isDerived) all.set(key, { kind, value, createdAt, isLogged: false, isCurrent: true });
  }
  const keys = [...all.keys()].sort(compareCodePoints);
  return aliasesText(keys.map((key) => all.get(key) as StoredAlias));
}

// ---- Merging

/**
 * A merged and projected paper to whose log documents add something. Keeps only what will be written: a batch has
 * hundreds of papers, and retained parsed documents would cost garbage collection.
 */
export type MergedPaper = {
  readonly paperId: bigint;
  readonly pithNumber: PithNumber;
  readonly stored: StoredPaper;
  readonly added: Pick<Addition, "publishedStates" | "record">;
  readonly events: EventChanges;
  readonly state: WrittenState;
  readonly target: PaperTarget;
  /** The merge of the log after the addition; null for a new paper. */
  readonly merge: PaperMerge | null;
};

/** The part of a merged state that is written. */
type WrittenState = Pick<StateSummary, "sha256"> & {
  readonly logChecksum: string;
  readonly aliasesText: string;
};

/** The changes of a paper's events that are written. */
type EventChanges = {
  /** New events, in the order of the merge. */
  readonly inserted: readonly WrittenEvent[];
  /** Stored events whose merge outcome changed. */
  readonly changed: readonly WrittenOutcome[];
  /** Better copies of stored events. */
  readonly copies: readonly WrittenCopy[];
  /** Change in the number of the paper's invalid events. */
  readonly invalidChange: number;
};

/** The merge outcome of an event; `id` is in hex. */
type WrittenOutcome = Omit<EventOutcome, "event"> & { readonly id: string };

type WrittenCopy = Pick<AcceptedEvent, "proof"> & {
  readonly id: string;
  /** Canonical text of the signature object; null without one. */
  readonly signature: string | null;
};

export type WrittenEvent = WrittenOutcome &
  WrittenCopy &
  Pick<AcceptedEvent, "text" | "fault" | "type" | "instant" | "signer">;

/** Merges the addition with the log and projects the state into rows. Adds to the merge of the log. */
export function mergePaper(
  paperId: bigint,
  pithNumber: PithNumber,
  addition: Addition,
  stored: StoredPaper,
  { merge, record, publishedResults }: StoredLog,
): MergedPaper {
  const invalidBefore = merge.invalidCount;
  const isNew = stored.pithNumber === null;
  // A merge that may be cached should hold no more than it needs.
  const events = isNew ? addition.events.values() : Array.from(addition.events.values(), mergeEventOf);
  const { added, changed } = merge.add(events);
  const aliases = [...stored.aliases.values(), ...addition.aliases.values()].map(aliasValue);
  const state = merge.summary(aliases);
  const target = projectTarget({
    pithNumber,
    state,
    // The record event's own record takes precedence.
    bundleRecord: state.canonicalRecord === null ? (parseRecord(addition.record) ?? record) : null,
    publishedResults: new Set([...publishedResults, ...addition.publishedStates.values()]),
  });
  const copies = [...addition.events].filter(([id]) => stored.events.has(id));
  const { publishedStates } = addition;
  return {
    paperId,
    pithNumber,
    stored,
    added: { publishedStates, record: addition.record },
    events: {
      inserted: added.map((outcome) => writtenEvent(outcome, addition)),
      changed: changed.map(writtenOutcome),
      copies: copies.map(([id, event]) => ({ id, proof: event.proof, signature: signatureText(event) })),
      invalidChange: merge.invalidCount - invalidBefore,
    },
    state: {
      sha256: state.sha256,
      logChecksum: logChecksumAfter(stored, addition),
      aliasesText: mergedAliasesText(stored.aliases, addition.aliases, state),
    },
    target,
    merge: isNew ? null : merge,
  };
}

/** The checksum of a log after an addition. A better copy of a stored event keeps the fault found first. */
function logChecksumAfter(stored: StoredPaper, { events }: Addition): string {
  const added: string[] = [];
  const removed: string[] = [];
  for (const [id, { proof, fault }] of events) {
    const other = stored.events.get(id);
    added.push(logMember(id, proof, other === undefined ? fault : other.fault));
    if (other !== undefined) removed.push(logMember(id, other.proof, other.fault));
  }
  return setChecksum(stored.logChecksum, { added, removed });
}

function logMember(id: string, proof: string, fault: string | null): string {
  return `${id} ${proof} ${fault ?? ""}`;
}

function writtenOutcome({ event, standing, status, reason, depth }: EventOutcome): WrittenOutcome {
  return { id: event.id.slice(7), standing, status, reason, depth };
}

function writtenEvent(outcome: EventOutcome, addition: Addition): WrittenEvent {
  const written = writtenOutcome(outcome);
  const event = addition.events.get(written.id) as AcceptedEvent;
  const { text, proof, fault, type, instant, signer } = event;
  return { ...written, text, signature: signatureText(event), proof, fault, type, instant, signer };
}

/** Parses the canonical text of a record. */
export function parseRecord(text: string | null): JsonObject | null {
  const record = text === null ? undefined : parseJson(text);
  return isJsonObject(record) ? record : null;
}
