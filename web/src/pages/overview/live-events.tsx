import { useAnswer } from "../../api/use-answer.ts";
import { paperAddress } from "../../routing/addresses.ts";
import { ErrorNotice } from "../../shell/error-notice.tsx";
import { QueryBehind } from "../../shell/query-behind.tsx";
import { Said } from "../../text/said.tsx";
import { EventList } from "./event-list.tsx";
import { latestEventsQuestion } from "./overview-questions.ts";
import type { Changes } from "./use-changes.ts";

const stateTexts = {
  connecting: "Connecting …",
  listening: "Live: new events appear here as they arrive.",
  lost: "Connection lost. Reconnecting; nothing will be missed.",
} as const;

/** The latest events, and papers as they change. */
export function LiveEvents({ changes }: { changes: Changes }) {
  const { state, latest, turn } = changes;
  const answer = useAnswer(latestEventsQuestion, {}, turn);
  return (
    <section aria-labelledby="latest">
      <div class="overview-head">
        <h2 id="latest">Latest events</h2>
        <QueryBehind document={latestEventsQuestion} variables={{}} of="the latest events" />
      </div>
      <p class={`live-state small ${state}`} role="status">
        {stateTexts[state]}
      </p>
      <div class="panel">
        {latest.length > 0 && (
          <ul class="changes" aria-live="polite" aria-label="Papers that changed while this page is open">
            {latest.map(({ position, paper }) => (
              <li key={position}>
                <span class="new">changed</span>{" "}
                <a href={paperAddress(paper.pithNumber)}>
                  <Said text={paper.title ?? paper.pithNumber} most={140} canGrow={false} />
                </a>
              </li>
            ))}
          </ul>
        )}
        {answer.state === "failed" && <ErrorNotice error={answer.error} />}
        {answer.state === "answered" && <EventList events={answer.data.events.nodes.toReversed()} />}
      </div>
    </section>
  );
}
