/**
 * The Pith Open Graph protocol: parse, judge and merge signed records. Pure, without I/O; runs in Node.js and in
 * browsers.
 *
 * @packageDocumentation
 */
export type { AcceptedEvent, MergeEvent } from "./accepted-event.ts";
export { eventFromLog, LogReader, mergeEventOf } from "./accepted-event.ts";
export type { Alias, StateAlias } from "./aliases.ts";
export { isEarlier, parseAlias } from "./aliases.ts";
export { bundleText } from "./bundle-text.ts";
export type { KeptTexts } from "./canonical-json.ts";
export { canonicalJson, canonicalString, compareCodePoints } from "./canonical-json.ts";
export type { ConformanceResult } from "./conformance.ts";
export { runVectorFile } from "./conformance.ts";
export type { Cryptography } from "./cryptography.ts";
export { cryptography, findNodeCryptography, portableCryptography } from "./cryptography.ts";
export type { PithDocument, PublishedState } from "./document.ts";
export { mergeVersion, parseDocument, readDocument } from "./document.ts";
export type { CheckResult, DocumentWarning, JudgedDocument, MergedDocuments, Refusal } from "./documents.ts";
export { checkPublishedState, judgeDocument, mergeDocuments, mergeJudged, warningsOf } from "./documents.ts";
export type { DocumentErrorCode } from "./error.ts";
export { DocumentError, documentErrorCodes } from "./error.ts";
export type { Judgement } from "./event.ts";
export { type Door, type HeldSignature, judgeEvent } from "./event.ts";
export type { EventBody, Signer } from "./event-body.ts";
export { eventIdOf } from "./event-body.ts";
export type { EventType } from "./event-types.ts";
export { eventLists, eventTypes, isEventType } from "./event-types.ts";
export type { EventId, PithNumber } from "./identifiers.ts";
export {
  canonicalText,
  canonicalTextSha256,
  fingerprintOf,
  fitsRecord,
  isEventId,
  isPithNumber,
  isSha256,
  sha256OfValue,
  shortLengths,
  suffixOf,
  suffixOfDigest,
} from "./identifiers.ts";
export type { Instant } from "./instant.ts";
export { parseInstant, readInstant } from "./instant.ts";
export type { JsonObject, JsonValue } from "./json.ts";
export { isJsonInteger, isJsonObject, JsonDouble } from "./json.ts";
export type { Keyring, KeyringEntry, TrustedKey } from "./keyring.ts";
export { createKeyring, KeyringError, keyringEntries, parseKeyring, registryKey } from "./keyring.ts";
export { mergeEvents } from "./merge.ts";
export type { EventStatus, MergedEvent, MergedState } from "./merged-state.ts";
export type { PaperChecks } from "./paper-checks.ts";
export { checkPaper } from "./paper-checks.ts";
export type { EventOutcome, MergeChanges } from "./paper-merge.ts";
export { PaperMerge } from "./paper-merge.ts";
export type { PaperRef } from "./paper-ref.ts";
export { parsePaperRef } from "./paper-ref.ts";
export { decodeUtf8, parseJson } from "./parse-json.ts";
export type { Equivocation } from "./places.ts";
export type { Proof } from "./proof.ts";
export { isAtLeast, isProof, proofRank, proofs } from "./proof.ts";
export type { FaultReason, InvalidReason, LinkReason, RefusalReason } from "./reasons.ts";
export { faultReasons, linkReasons, refusalReasons } from "./reasons.ts";
export type { KnownRecord } from "./record-created.ts";
export type { ShownEvent, StateSummary } from "./state-summary.ts";
export { currentSnapshot, summaryOf } from "./state-summary.ts";
export { verifyEvent } from "./verify-event.ts";
export type { ArxivId, WorkName } from "./work-identity.ts";
export {
  arxivIdentity,
  arxivIdOfDoi,
  parseArxivId,
  parseDoi,
  parseWorkId,
  readWorkName,
  yearOfArxivId,
} from "./work-identity.ts";
