import { useAnswer } from "../../api/use-answer.ts";
import { ErrorNotice } from "../../shell/error-notice.tsx";
import { QueryBehind } from "../../shell/query-behind.tsx";
import { EventList } from "./event-list.tsx";
import { holdingsQuestion, invalidEventsQuestion } from "./overview-questions.ts";
import { RefusalList } from "./refusal-list.tsx";

/** Rejected documents, and events that are stored although they are wrong. */
export function Refused({ turn }: { turn: number }) {
  const status = useAnswer(holdingsQuestion, {}, turn);
  const invalid = useAnswer(invalidEventsQuestion, {}, turn);
  const rejected = status.state === "answered" ? status.data.status.rejectedDocuments : null;
  return (
    <section aria-labelledby="refused">
      <div class="overview-head">
        <h2 id="refused">Rejected</h2>
        <QueryBehind document={invalidEventsQuestion} variables={{}} of="invalid events" />
      </div>
      <div class="panel">
        <p>
          <strong>Rejected documents: {rejected === null ? "…" : rejected.toLocaleString("en")}.</strong>{" "}
          <span class="soft">
            Only this mirror's operator sees their content. Whoever submits a document gets the reason.
          </span>
        </p>
        {status.state === "failed" && <ErrorNotice error={status.error} />}
        {status.state === "answered" && <RefusalList refusals={status.data.status.rejections} />}
        {invalid.state === "failed" && <ErrorNotice error={invalid.error} />}
        {invalid.state === "answered" && (
          <>
            <p>
              <strong>Invalid events: {invalid.data.events.totalCount.toLocaleString("en")}.</strong>{" "}
              <span class="soft">Signed as stated but wrong: stored and shown, never applied.</span>
            </p>
            <EventList events={invalid.data.events.nodes.toReversed()} />
          </>
        )}
      </div>
    </section>
  );
}
