import { useState } from "preact/hooks";
import { graphql, type ResultOf, signerFragment, usePages, useQuery } from "../../api/index.ts";
import { ProofChip } from "../../proof/index.ts";
import { DocumentText } from "../../text/index.ts";
import { ErrorNotice, LoadMore, QueryLink, Section } from "../../ui/index.ts";

const eventsQuery = graphql(
  `
  query Events($ref: String!, $first: Int!, $after: String) {
    paper(ref: $ref) {
      verification {
        equivocations
        invalidEvents
      }
      events(first: $first, after: $after) {
        totalCount
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          eventId
          type
          target
          status
          invalidReason
          proof
          createdAt
          receivedAt
          prevEventId
          supersedesIds
          signer {
            ...SignerFields
            fingerprint
          }
        }
      }
    }
  }
`,
  [signerFragment],
);

type Event = NonNullable<ResultOf<typeof eventsQuery>["paper"]>["events"]["nodes"][number];

/** The paper's events with their status, and why if they are not applied. */
export function Events({ pithNumber }: { pithNumber: string }) {
  const variables = { ref: pithNumber, first: 25 };
  const pages = usePages(eventsQuery, variables, ({ paper }) => paper?.events ?? null);
  const { nodes } = pages;
  return (
    <Section
      id="events"
      title="Events"
      count={nodes && pages.totalCount}
      aside={<QueryLink document={eventsQuery} variables={variables} label="the events" />}
    >
      <ol class="timeline">
        {nodes?.map((event) => (
          <TimelineEvent key={event.eventId} event={event} />
        ))}
      </ol>
      <LoadMore pages={pages} noun="events" />
    </Section>
  );
}

function TimelineEvent({ event }: { event: Event }) {
  const { eventId, status, invalidReason, proof, createdAt, receivedAt, prevEventId, supersedesIds } = event;
  return (
    <li id={anchorOf(eventId)} class={`event ${status.toLowerCase()}`}>
      <p class="event-head">
        <time dateTime={createdAt}>{createdAt.slice(0, 19).replace("T", " ")}</time>
        <strong>{eventTypes[event.type]}</strong>
        {proof !== null && <ProofChip evidence={{ proof, signer: event.signer }} />}
        <span class={`event-status ${status.toLowerCase()}`}>{statuses[status].name}</span>
      </p>
      <p class="small">
        Target: <DocumentText text={event.target} maxLength={60} />. Signer:{" "}
        <DocumentText text={event.signer.signerId} maxLength={60} />, key{" "}
        <DocumentText text={event.signer.keyId} maxLength={60} />{" "}
        <code class="soft">{event.signer.fingerprint.slice(0, 8)}…</code>
      </p>
      {status !== "CURRENT" && (
        <p class="small event-reason">
          {statuses[status].meaning}
          {invalidReason !== null && ` ${invalidReasons[invalidReason] ?? invalidReason}`}
        </p>
      )}
      {(prevEventId !== null || supersedesIds.length > 0) && (
        <p class="small soft">
          {prevEventId !== null && (
            <>
              Follows <EventLink id={prevEventId} />.{" "}
            </>
          )}
          {supersedesIds.slice(0, 8).map((id) => (
            <span key={id}>
              Replaces <EventLink id={id} />.{" "}
            </span>
          ))}
        </p>
      )}
      <details class="event-more">
        <summary>
          <code>{eventId.slice(0, 19)}…</code>
        </summary>
        <p class="small">
          <code>{eventId}</code>
        </p>
        <p class="small soft">Imported {receivedAt.slice(0, 19).replace("T", " ")} UTC.</p>
        <Payload eventId={eventId} />
      </details>
    </li>
  );
}

function anchorOf(eventId: string): string {
  return `event-${eventId.slice("sha256:".length, "sha256:".length + 16)}`;
}

function EventLink({ id }: { id: string }) {
  return (
    <a href={`#${anchorOf(id)}`}>
      <code>{id.slice(0, 15)}…</code>
    </a>
  );
}

const payloadQuery = graphql(`
  query Payload($id: String!) {
    event(id: $id) {
      payload
    }
  }
`);

/** Longer payloads are cut; the bundle has the complete text. */
const maxPayloadLength = 20_000;

/** An event's payload, loaded on demand. */
export function Payload({ eventId }: { eventId: string }) {
  const [isOpen, setOpen] = useState(false);
  if (isOpen) return <PayloadText eventId={eventId} />;
  return (
    <button type="button" class="link-like" onClick={() => setOpen(true)}>
      Show the payload
    </button>
  );
}

function PayloadText({ eventId }: { eventId: string }) {
  const [refreshCount, setRefreshCount] = useState(0);
  const result = useQuery(payloadQuery, { id: eventId }, refreshCount);
  if (result.state === "failed")
    return <ErrorNotice error={result.error} retry={() => setRefreshCount(refreshCount + 1)} />;
  if (result.state === "loading") return <p class="soft small">Loading …</p>;
  const text = JSON.stringify(result.data.event?.payload ?? null, null, 2);
  return (
    <pre class="payload">
      <bdi>{text.slice(0, maxPayloadLength)}</bdi>
      {text.length > maxPayloadLength && "\n… The bundle has all of it."}
    </pre>
  );
}

type EventType = ReturnType<typeof graphql.scalar<"EventType">>;
type EventStatus = ReturnType<typeof graphql.scalar<"EventStatus">>;

export const eventTypes: Readonly<Record<EventType, string>> = {
  RECORD_CREATED: "Record created",
  GRAPH_SNAPSHOT: "Snapshot of metadata, claims and references",
  AUTHOR_ATTESTATION: "Author attestation",
  TIMESTAMP_ANCHOR: "Timestamp",
  STORAGE_ATTESTATION: "Storage attestation",
  CITATION_SIGNATURE: "Citation meaning",
  REPLICATION_RECORD: "Replication",
  CORRECTION: "Correction",
  MIRROR_HINT: "Mirror hint",
  UNKNOWN: "Unknown event type",
};

export const statuses: Readonly<Record<EventStatus, { readonly name: string; readonly meaning: string }>> = {
  CURRENT: { name: "current", meaning: "Applied, and part of what is shown." },
  SUPERSEDED: { name: "superseded", meaning: "Replaced by a later event of its signer." },
  NOT_APPLIED: {
    name: "not applied",
    meaning:
      "Valid, but another event takes precedence: its signer published two versions (a fork), or the other event has stronger evidence.",
  },
  INVALID: { name: "invalid", meaning: "Correctly signed but invalid: stored, never applied." },
};

/** Meaning of the reason codes in PROTOCOL section 5. */
export const invalidReasons: Readonly<Record<string, string>> = {
  UNKNOWN_EVENT_TYPE: "Its type is not part of the protocol.",
  EVENT_TYPE_NOT_ALLOWED: "Its key may not sign events of this type.",
  MALFORMED_PAYLOAD: "Its payload does not have the form of its type.",
  RECORD_HASH_MISMATCH: "Its record does not match the Pith number.",
  RECEIPT_INVALID: "Its receipt is invalid.",
  SNAPSHOT_HASH_MISMATCH: "A list in its snapshot does not match the stated hash.",
  PREV_EVENT_UNRESOLVED: "The event that it follows is missing or invalid.",
  SUPERSEDES_UNRESOLVED: "An event that it would replace is missing or invalid.",
  SUPERSEDES_FORBIDDEN: "It would replace an event that it may not replace.",
  CREATED_BEFORE_LINK: "It is older than an event that it builds on.",
};
