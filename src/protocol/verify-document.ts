import type { AcceptedEvent } from "./accepted-event.ts";
import { isSomebodysWord } from "./aliases.ts";
import { type PithDocument, parseDocument, readDocument } from "./document.ts";
import type { RefusalReason } from "./error-codes.ts";
import type { PithNumber } from "./identifiers.ts";
import type { JsonValue } from "./json.ts";
import { createKeyring, type Keyring, registryKey } from "./keyring.ts";
import { mergeEvents } from "./merge.ts";
import type { MergedState } from "./merged-state.ts";
import type { Proof } from "./proof.ts";
import { type Door, judgeEvent } from "./verify-event.ts";

/** A copy of an event that was not accepted, as in its document. */
export type Refusal = { readonly id: string; readonly reason: RefusalReason; readonly copy: JsonValue };

/** Warnings reject nothing: they report what was left out. */
export type DocumentWarning = "ALIAS_INCONSISTENT" | "ALIAS_UNPROVED" | "EVENT_ID_UNVERIFIABLE";

/** A document whose events have been judged: its contribution to the paper's set. */
export type JudgedDocument = {
  readonly kind: "bundle" | "state";
  readonly pithNumber: PithNumber;
  readonly events: readonly AcceptedEvent[];
  /** Aliases are unsigned: those of a document accepted at `hash`; empty for any other. */
  readonly aliases: readonly JsonValue[];
  /** Whether aliases were ignored that would count at `hash`: `ALIAS_UNPROVED`. */
  readonly hasUnprovedAliases: boolean;
  readonly refused: readonly Refusal[];
  /** Whether a state contains entries from which no event could be rebuilt: `EVENT_ID_UNVERIFIABLE`. */
  readonly hasUnverifiable: boolean;
  readonly published: PithDocument["published"];
};

/**
 * Judges each copy of an event in a document by PROTOCOL section 5, rules 1–8. For events known to `heldEvent`,
 * signatures verified before are compared instead of verified again; everything else is judged again.
 */
export function judgeDocument(
  document: PithDocument,
  keyring: Keyring,
  minimumProof: Proof,
  heldEvent?: Door["heldEvent"],
): JudgedDocument {
  const { pithNumber, record } = document;
  const door = { pithNumber, keyring, minimumProof, record, heldEvent };
  const events: AcceptedEvent[] = [];
  const refused: Refusal[] = [];
  for (const copy of document.copies) {
    const judgement = judgeEvent(copy, door);
    if (judgement.accepted) events.push(judgement.event);
    else refused.push({ id: judgement.id, reason: judgement.reason, copy });
  }
  const isBelieved = minimumProof === "hash";
  return {
    kind: document.kind,
    pithNumber,
    events,
    aliases: isBelieved ? document.aliases : [],
    hasUnprovedAliases: !isBelieved && document.aliases.some(isSomebodysWord),
    refused,
    hasUnverifiable: document.unverifiable > 0,
    published: document.published,
  };
}

/** Merges documents of one paper. */
export function mergeJudged(pithNumber: PithNumber, documents: readonly JudgedDocument[]): MergedState {
  return mergeEvents(
    pithNumber,
    documents.flatMap((document) => document.events),
    documents.flatMap((document) => document.aliases),
  );
}

export type CheckResult = "PASSED" | "FAILED" | "NOT_CHECKABLE";

/**
 * Whether merging a state document alone gives its own `state_sha256` (PROTOCOL section 4): a report, not a rule of
 * validity. Null for a bundle, which publishes no such hash.
 */
export function checkPublishedState(
  document: PithDocument,
  keyring: Keyring,
  heldEvent?: Door["heldEvent"],
): CheckResult | null {
  if (document.published === undefined) return null;
  const alone = mergeJudged(document.pithNumber, [judgeDocument(document, keyring, "hash", heldEvent)]);
  if (alone.sha256 === document.published.sha256) return "PASSED";
  return document.published.isPartial ? "NOT_CHECKABLE" : "FAILED";
}

/** The warnings about documents and their merged states, sorted. */
export function warningsOf(
  documents: readonly Pick<JudgedDocument, "hasUnprovedAliases" | "hasUnverifiable">[],
  states: readonly Pick<MergedState, "hasInconsistentAliases">[],
): DocumentWarning[] {
  const warnings: DocumentWarning[] = [];
  if (states.some((state) => state.hasInconsistentAliases)) warnings.push("ALIAS_INCONSISTENT");
  if (documents.some((document) => document.hasUnprovedAliases)) warnings.push("ALIAS_UNPROVED");
  if (documents.some((document) => document.hasUnverifiable)) warnings.push("EVENT_ID_UNVERIFIABLE");
  return warnings;
}

export type MergedDocuments = {
  readonly states: ReadonlyMap<PithNumber, MergedState>;
  /** Distinct, sorted. */
  readonly warnings: readonly DocumentWarning[];
  /** Distinct pairs of event id and reason, sorted. */
  readonly refused: readonly (readonly [string, RefusalReason])[];
};

/**
 * The complete protocol in one call: reads, judges and merges documents of one or several papers.
 *
 * Throws DocumentError for the first document that is rejected entirely. `minimumProof` applies to all. The keyring
 * defaults to the registry's own key.
 */
export function mergeDocuments(
  inputs: readonly (string | Uint8Array | { readonly value: JsonValue })[],
  keyring: Keyring = createKeyring([registryKey]),
  minimumProof: Proof = "hash",
): MergedDocuments {
  const judged = inputs.map((input) =>
    judgeDocument(
      typeof input === "string" || input instanceof Uint8Array
        ? parseDocument(input)
        : readDocument(input.value),
      keyring,
      minimumProof,
    ),
  );
  const groups = new Map<PithNumber, JudgedDocument[]>();
  for (const document of judged) {
    const group = groups.get(document.pithNumber);
    if (group === undefined) groups.set(document.pithNumber, [document]);
    else group.push(document);
  }
  const states = new Map([...groups].map(([number, documents]) => [number, mergeJudged(number, documents)]));

  const refused = new Map(
    judged.flatMap((document) =>
      document.refused.map(({ id, reason }) => [`${id} ${reason}`, [id, reason] as const]),
    ),
  );
  return {
    states,
    warnings: warningsOf(judged, [...states.values()]),
    refused: [...refused].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pair]) => pair),
  };
}
