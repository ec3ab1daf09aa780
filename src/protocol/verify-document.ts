import type { AcceptedEvent } from "./accepted-event.ts";
import { isUnprovedClaim } from "./aliases.ts";
import { type PithDocument, parseDocument, readDocument } from "./document.ts";
import type { RejectionReason } from "./error-codes.ts";
import type { PithNumber } from "./identifiers.ts";
import type { JsonValue } from "./json.ts";
import { createKeyring, type Keyring, registryKey } from "./keyring.ts";
import { mergeEvents } from "./merge.ts";
import type { MergedState } from "./merged-state.ts";
import type { Proof } from "./proof.ts";
import { type VerificationContext, verifyEventCopy } from "./verify-event.ts";

/** A copy of an event that was not accepted, as in its document. */
export type RejectedCopy = {
  readonly id: string;
  readonly reason: RejectionReason;
  readonly copy: JsonValue;
};

/** Warnings reject nothing: they report what was left out. */
export type DocumentWarning = "ALIAS_INCONSISTENT" | "ALIAS_UNPROVED" | "EVENT_ID_UNVERIFIABLE";

/** A document whose events have been verified: its contribution to the paper's set. */
export type DocumentVerification = {
  readonly kind: "bundle" | "state";
  readonly pithNumber: PithNumber;
  readonly events: readonly AcceptedEvent[];
  /** Aliases are unsigned: those of a document accepted at `hash`; empty for any other. */
  readonly aliases: readonly JsonValue[];
  /** Whether aliases were ignored that would count at `hash`: `ALIAS_UNPROVED`. */
  readonly hasUnprovedAliases: boolean;
  readonly refused: readonly RejectedCopy[];
  /** Whether a state contains entries from which no event could be rebuilt: `EVENT_ID_UNVERIFIABLE`. */
  readonly hasUnverifiable: boolean;
  readonly published: PithDocument["published"];
};

/**
 * Verifies each copy of an event in a document by PROTOCOL section 5, rules 1–8. For events known to `storedSignature`,
 * signatures verified before are compared instead of verified again; everything else is checked again.
 */
export function verifyDocument(
  document: PithDocument,
  keyring: Keyring,
  minimumProof: Proof,
  storedSignature?: VerificationContext["storedSignature"],
): DocumentVerification {
  const { pithNumber, record } = document;
  const context: VerificationContext = { pithNumber, keyring, minimumProof, record, storedSignature };
  const events: AcceptedEvent[] = [];
  const refused: RejectedCopy[] = [];
  for (const copy of document.copies) {
    const result = verifyEventCopy(copy, context);
    if (result.accepted) events.push(result.event);
    else refused.push({ id: result.id, reason: result.reason, copy });
  }
  const isBelieved = minimumProof === "hash";
  return {
    kind: document.kind,
    pithNumber,
    events,
    aliases: isBelieved ? document.aliases : [],
    hasUnprovedAliases: !isBelieved && document.aliases.some(isUnprovedClaim),
    refused,
    hasUnverifiable: document.unverifiable > 0,
    published: document.published,
  };
}

/** Merges documents of one paper. */
export function mergeVerified(
  pithNumber: PithNumber,
  documents: readonly DocumentVerification[],
): MergedState {
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
  storedSignature?: VerificationContext["storedSignature"],
): CheckResult | null {
  if (document.published === undefined) return null;
  const alone = mergeVerified(document.pithNumber, [
    verifyDocument(document, keyring, "hash", storedSignature),
  ]);
  if (alone.sha256 === document.published.sha256) return "PASSED";
  return document.published.isPartial ? "NOT_CHECKABLE" : "FAILED";
}

/** The warnings about documents and their merged states, sorted. */
export function warningsOf(
  documents: readonly Pick<DocumentVerification, "hasUnprovedAliases" | "hasUnverifiable">[],
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
  readonly refused: readonly (readonly [string, RejectionReason])[];
};

/**
 * The complete protocol in one call: reads, verifies and merges documents of one or several papers.
 *
 * Throws DocumentError for the first document that is rejected entirely. `minimumProof` applies to all. The keyring
 * defaults to the registry's own key.
 */
export function mergeDocuments(
  inputs: readonly (string | Uint8Array | { readonly value: JsonValue })[],
  keyring: Keyring = createKeyring([registryKey]),
  minimumProof: Proof = "hash",
): MergedDocuments {
  const verified = inputs.map((input) =>
    verifyDocument(
      typeof input === "string" || input instanceof Uint8Array
        ? parseDocument(input)
        : readDocument(input.value),
      keyring,
      minimumProof,
    ),
  );
  const groups = new Map<PithNumber, DocumentVerification[]>();
  for (const document of verified) {
    const group = groups.get(document.pithNumber);
    if (group === undefined) groups.set(document.pithNumber, [document]);
    else group.push(document);
  }
  const states = new Map(
    [...groups].map(([number, documents]) => [number, mergeVerified(number, documents)]),
  );

  const refused = new Map(
    verified.flatMap((document) =>
      document.refused.map(({ id, reason }) => [`${id} ${reason}`, [id, reason] as const]),
    ),
  );
  return {
    states,
    warnings: warningsOf(verified, [...states.values()]),
    refused: [...refused].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pair]) => pair),
  };
}
