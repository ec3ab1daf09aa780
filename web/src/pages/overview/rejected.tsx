import type { DocumentErrorCode, RejectionReason } from "../../../../src/protocol/index.ts";
import { useQuery } from "../../api/index.ts";
import { ErrorNotice, QueryLink } from "../../ui/index.ts";
import { EventList } from "./live-events.tsx";
import { contentsQuery, invalidEventsQuery, type RejectionCount } from "./queries.ts";

/** Rejected documents and invalid events. */
export function Rejected({ refreshCount }: { refreshCount: number }) {
  const status = useQuery(contentsQuery, {}, refreshCount);
  const invalid = useQuery(invalidEventsQuery, {}, refreshCount);
  const rejected = status.state === "loaded" ? status.data.status.rejectedDocuments : null;
  return (
    <section aria-labelledby="rejected">
      <div class="overview-head">
        <h2 id="rejected">Rejected</h2>
        <QueryLink document={invalidEventsQuery} variables={{}} label="invalid events" />
      </div>
      <div class="panel">
        <p>
          <strong>Rejected documents: {rejected === null ? "…" : rejected.toLocaleString("en")}.</strong>{" "}
          <span class="soft">
            Only this mirror's operator sees their content. Whoever submits a document gets the reason.
          </span>
        </p>
        {status.state === "failed" && <ErrorNotice error={status.error} />}
        {status.state === "loaded" && <RejectionList refusals={status.data.status.rejections} />}
        {invalid.state === "failed" && <ErrorNotice error={invalid.error} />}
        {invalid.state === "loaded" && (
          <>
            <p>
              <strong>Invalid events: {invalid.data.events.totalCount.toLocaleString("en")}.</strong>{" "}
              <span class="soft">Correctly signed but invalid: stored and shown, never applied.</span>
            </p>
            <EventList events={invalid.data.events.nodes.toReversed()} />
          </>
        )}
      </div>
    </section>
  );
}

/** Reasons for rejection with their meaning, and how often each occurred. */
export function RejectionList({ refusals }: { refusals: readonly RejectionCount[] }) {
  if (refusals.length === 0) return <p class="soft">Nothing was rejected so far.</p>;
  return (
    <ul class="rejections" aria-label="Rejected, by reason">
      {refusals.map(({ scope, code, count }) => (
        <li key={`${scope} ${code}`}>
          <strong>
            {count.toLocaleString("en")} {nameOf(scope, count)}:
          </strong>{" "}
          <code>{code}</code>
          <span class="soft">{describeRejection(code) ?? "No description."}</span>
        </li>
      ))}
    </ul>
  );
}

function nameOf(scope: RejectionCount["scope"], count: number): string {
  const name = scope === "DOCUMENT" ? "document" : "event";
  return count === 1 ? name : `${name}s`;
}

/** Reasons for rejection: of documents, then of events. */
const words: Readonly<Record<DocumentErrorCode | RejectionReason | "NOT_STORABLE", string>> = {
  MALFORMED_JSON: "Not JSON.",
  INVALID_UNICODE: "Not valid Unicode.",
  INVALID_NUMBER: "Contains a number that cannot be stored exactly.",
  TOO_DEEP: "Nested too deeply.",
  TOO_LARGE: "Larger than this mirror accepts.",
  UNSUPPORTED_DOCUMENT: "Unknown kind or version of document.",
  MALFORMED_DOCUMENT: "A part is missing or malformed.",
  PITH_NUMBER_INVALID: "Its subject is not a Pith number.",
  RECORD_HASH_MISMATCH: "Its record is missing, or does not match its hash or Pith number.",
  STATE_HASH_MISMATCH: "Its state does not match its hash.",
  NOT_STORABLE: "The database could not store it.",
  MALFORMED_EVENT: "An event is malformed.",
  EVENT_ID_MISMATCH: "An event's content does not match its id: it was altered.",
  SUBJECT_MISMATCH: "An event is about another paper than its document.",
  UNKNOWN_SIGNER: "Signed with a key that is not in this mirror's keyring.",
  SIGNER_MISMATCH: "The signer does not match the key.",
  KEY_NOT_VALID: "Signed with a key that was not valid at the time.",
  SIGNATURE_INVALID: "The signature is invalid.",
  UNSIGNED: "Not signed, and this mirror requires a signature or receipt.",
};

/** Null for a code that this page does not know. */
export function describeRejection(code: string): string | null {
  return Object.hasOwn(words, code) ? words[code as keyof typeof words] : null;
}
