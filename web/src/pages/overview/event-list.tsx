import { ProofChip } from "../../proof/proof-chip.tsx";
import { paperAddress } from "../../routing/addresses.ts";
import { Said } from "../../text/said.tsx";
import type { OverviewEvent } from "./overview-questions.ts";

/** Events, one per line: type, signer, paper and time. */
export function EventList({ events }: { events: readonly OverviewEvent[] }) {
  return (
    <ul class="event-list">
      {events.map(({ eventId, type, status, invalidReason, proof, receivedAt, signer, paper }) => (
        <li key={eventId}>
          <span class="event-what">
            <span class="event-type">{type.toLowerCase().replaceAll("_", " ")}</span>
            {proof !== null && <ProofChip proved={{ proof, signer }} />}
            {status !== "CURRENT" && (
              <span class="event-status">
                {status.toLowerCase().replaceAll("_", " ")}
                {invalidReason !== null && `: ${invalidReason}`}
              </span>
            )}
          </span>
          {paper === null ? (
            <span class="soft">about a paper whose record is not in this mirror</span>
          ) : (
            <a href={paperAddress(paper.pithNumber)}>
              <Said text={paper.title ?? paper.pithNumber} most={140} canGrow={false} />
            </a>
          )}
          <span class="soft small">
            <time dateTime={receivedAt}>{receivedAt.slice(0, 19).replace("T", " ")} UTC</time>
          </span>
        </li>
      ))}
    </ul>
  );
}
