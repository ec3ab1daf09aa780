import { useEffect, useState } from "preact/hooks";
import { type FollowState, follow, useAnswer } from "../../api/index.ts";
import { ProofChip } from "../../proof/index.ts";
import { paperAddress } from "../../routing/index.ts";
import { Said } from "../../text/index.ts";
import { ErrorNotice, QueryBehind } from "../../ui/index.ts";
import { type Change, changesQuestion, latestEventsQuestion, type OverviewEvent } from "./queries.ts";

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

export type Changes = {
  readonly state: FollowState;
  /** The latest first. */
  readonly latest: readonly Change[];
  /** Grows with what has changed, not more than once in two seconds: what is counted is asked for again then. */
  readonly turn: number;
};

const mostShown = 8;
const leastPause = 2_000;

/** What changes in this mirror while the page is open. */
export function useChanges(): Changes {
  const [state, setState] = useState<FollowState>("connecting");
  const [latest, setLatest] = useState<readonly Change[]>([]);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let pause: ReturnType<typeof setTimeout> | undefined;
    let lastTurn = 0;
    const stop = follow(changesQuestion, {
      state: setState,
      next: ({ paperChanged }) => {
        setLatest((before) => [paperChanged, ...before].slice(0, mostShown));
        pause ??= setTimeout(
          () => {
            pause = undefined;
            lastTurn = Date.now();
            setTurn((count) => count + 1);
          },
          Math.max(0, lastTurn + leastPause - Date.now()),
        );
      },
    });
    return () => {
      clearTimeout(pause);
      stop();
    };
  }, []);
  return { state, latest, turn };
}
