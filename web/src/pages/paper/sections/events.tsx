import { graphql, type ResultOf } from "../../../api/graphql.ts";
import { usePages } from "../../../api/use-pages.ts";
import { ProofChip } from "../../../proof/proof-chip.tsx";
import { signerFragment } from "../../../proof/trust.ts";
import { More } from "../../../shell/more.tsx";
import { QueryBehind } from "../../../shell/query-behind.tsx";
import { Said } from "../../../text/said.tsx";
import { Section } from "../section.tsx";
import { eventTypes, invalidReasons, statuses } from "./event-words.ts";
import { Payload } from "./payload.tsx";

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
            ...ShownSigner
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

/** The paper's history: every accepted event, its status, and why where it is not applied. */
export function Events({ pithNumber }: { pithNumber: string }) {
  const variables = { ref: pithNumber, first: 25 };
  const pages = usePages(eventsQuery, variables, ({ paper }) => paper?.events ?? null);
  const { nodes } = pages;
  return (
    <Section
      id="events"
      title="Events"
      count={nodes && pages.totalCount}
      aside={<QueryBehind document={eventsQuery} variables={variables} of="the events" />}
    >
      <ol class="timeline">
        {nodes?.map((event) => (
          <TimelineEvent key={event.eventId} event={event} />
        ))}
      </ol>
      <More pages={pages} what="events" />
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
        {proof !== null && <ProofChip proved={{ proof, signer: event.signer }} />}
        <span class={`event-status ${status.toLowerCase()}`}>{statuses[status].name}</span>
      </p>
      <p class="small">
        About its <Said text={event.target} most={60} />, by <Said text={event.signer.signerId} most={60} />,
        key <Said text={event.signer.keyId} most={60} />{" "}
        <code class="soft">{event.signer.fingerprint.slice(0, 8)}…</code>
      </p>
      {status !== "CURRENT" && (
        <p class="small event-why">
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
