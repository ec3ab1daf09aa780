/**
 * The Pith Open Graph protocol: parse, verify and merge signed records. Pure, without I/O; runs in Node.js and in
 * browsers.
 *
 * @packageDocumentation
 */
export {
  type AcceptedEvent,
  eventFromLog,
  LogReader,
  type MergeEvent,
  mergeEventOf,
} from "./accepted-event.ts";
export { type Alias, isEarlier, parseAlias, type StateAlias } from "./aliases.ts";
export { type CanonicalTexts, canonicalJson, canonicalString, compareCodePoints } from "./canonical-json.ts";
export { type ConformanceResult, runVectorFile } from "./conformance.ts";
export {
  type Cryptography,
  cryptography,
  findNodeCryptography,
  portableCryptography,
} from "./cryptography.ts";
export {
  mergeVersion,
  type PithDocument,
  type PublishedState,
  parseDocument,
  readDocument,
} from "./document.ts";
export { bundleText } from "./document-text.ts";
export {
  DocumentError,
  type DocumentErrorCode,
  documentErrorCodes,
  type FaultReason,
  faultReasons,
  type InvalidReason,
  type LinkReason,
  linkReasons,
  type RejectionReason,
  rejectionReasons,
} from "./error-codes.ts";
export { type EventBody, eventIdOf, type Signer } from "./event-body.ts";
export { type EventType, eventLists, eventTypes, isEventType } from "./event-types.ts";
export {
  canonicalText,
  canonicalTextSha256,
  type EventId,
  fingerprintOf,
  fitsRecord,
  isEventId,
  isPithNumber,
  isSha256,
  type PithNumber,
  sha256OfValue,
  shortLengths,
  suffixOf,
  suffixOfDigest,
} from "./identifiers.ts";
export { type Instant, parseAnyInstant, parseInstant } from "./instant.ts";
export { isJsonInteger, isJsonObject, JsonDouble, type JsonObject, type JsonValue } from "./json.ts";
export {
  createKeyring,
  type Keyring,
  type KeyringEntry,
  KeyringError,
  keyringEntries,
  parseKeyring,
  registryKey,
  type TrustedKey,
} from "./keyring.ts";
export { mergeEvents } from "./merge.ts";
export {
  currentSnapshot,
  type DisplayedEvent,
  type EventStatus,
  type MergedEvent,
  type MergedState,
  type StateSummary,
  summaryOf,
} from "./merged-state.ts";
export { checkPaper, type PaperChecks } from "./paper-checks.ts";
export { type EventOutcome, type MergeChanges, PaperMerge } from "./paper-merge.ts";
export {
  type ArxivId,
  arxivIdentity,
  arxivIdOfDoi,
  type PaperRef,
  parseArxivId,
  parseDoi,
  parsePaperRef,
  parseWorkId,
  parseWorkName,
  type WorkName,
  yearOfArxivId,
} from "./parse-identifier.ts";
export { decodeUtf8, parseJson } from "./parse-json.ts";
export type { Equivocation } from "./places.ts";
export { isAtLeast, isProof, type Proof, proofRank, proofs } from "./proof.ts";
export {
  type CheckResult,
  checkPublishedState,
  type DocumentVerification,
  type DocumentWarning,
  type MergedDocuments,
  mergeDocuments,
  mergeVerified,
  type RejectedCopy,
  verifyDocument,
  warningsOf,
} from "./verify-document.ts";
export {
  type EventVerification,
  type HashedRecord,
  type StoredSignature,
  type VerificationContext,
  verifyEvent,
  verifyEventCopy,
} from "./verify-event.ts";
