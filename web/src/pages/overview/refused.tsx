import { useAnswer } from "../../api/use-answer.ts";
import { QueryBehind } from "../../shell/query-behind.tsx";
import { EventList } from "./event-list.tsx";
import { holdingsQuestion, invalidEventsQuestion } from "./overview-questions.ts";
import { RefusalList } from "./refusal-list.tsx";

/** What was refused, and what was kept though it is wrong. */
export function Refused({ turn }: { turn: number }) {
  const status = useAnswer(holdingsQuestion, {}, turn);
  const invalid = useAnswer(invalidEventsQuestion, {}, turn);
  const rejected = status.state === "answered" ? status.data.status.rejectedDocuments : null;
  return (
    <section aria-labelledby="refused">
      <div class="overview-head">
        <h2 id="refused">Refused, and invalid</h2>
        <QueryBehind document={invalidEventsQuestion} variables={{}} of="invalid events" />
      </div>
      <div class="panel">
        <p>
          <strong>Rejected documents: {rejected === null ? "…" : rejected.toLocaleString("en")}.</strong>{" "}
          <span class="soft">
            Refused at the door, and no part of what is held. What they said only this mirror's keepers see;
            who submits a document is told why it was refused.
          </span>
        </p>
        {status.state === "failed" && <p role="alert">{status.error.message}</p>}
        {status.state === "answered" && <RefusalList refusals={status.data.status.refusals} />}
        {invalid.state === "failed" && <p role="alert">{invalid.error.message}</p>}
        {invalid.state === "answered" && (
          <>
            <p>
              <strong>Invalid events: {invalid.data.events.totalCount.toLocaleString("en")}.</strong>{" "}
              <span class="soft">
                Their signers did say this, yet it is wrong: kept and shown, never applied.
              </span>
            </p>
            <EventList events={invalid.data.events.nodes.toReversed()} />
          </>
        )}
      </div>
    </section>
  );
}
