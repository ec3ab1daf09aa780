import { useEffect, useState } from "preact/hooks";
import { type ConnectionState, subscribe, useQuery } from "../../api/index.ts";
import { ProofChip } from "../../proof/index.ts";
import { paperUrl } from "../../routing/index.ts";
import { DocumentText } from "../../text/index.ts";
import { ErrorNotice, QueryLink } from "../../ui/index.ts";
import { type Change, changesQuery, latestEventsQuery, type OverviewEvent } from "./queries.ts";

const stateTexts = {
  connecting: "Connecting …",
  listening: "Live: new events appear here as they arrive.",
  lost: "Connection lost. Reconnecting; nothing will be missed.",
} as const;

/** The latest events, and papers that change while the page is open. */
export function LiveEvents({ changes }: { changes: Changes }) {
  const { state, latest, refreshCount } = changes;
  const result = useQuery(latestEventsQuery, {}, refreshCount);
  return (
    <section aria-labelledby="latest">
      <div class="overview-head">
        <h2 id="latest">Latest events</h2>
        <QueryLink document={latestEventsQuery} variables={{}} label="the latest events" />
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
                <a href={paperUrl(paper.pithNumber)}>
                  <DocumentText text={paper.title ?? paper.pithNumber} maxLength={140} isExpandable={false} />
                </a>
              </li>
            ))}
          </ul>
        )}
        {result.state === "failed" && <ErrorNotice error={result.error} />}
        {result.state === "loaded" && <EventList events={result.data.events.nodes.toReversed()} />}
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
          <span class="event-summary">
            <span class="event-type">{type.toLowerCase().replaceAll("_", " ")}</span>
            {proof !== null && <ProofChip evidence={{ proof, signer }} />}
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
            <a href={paperUrl(paper.pithNumber)}>
              <DocumentText text={paper.title ?? paper.pithNumber} maxLength={140} isExpandable={false} />
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
  readonly state: ConnectionState;
  /** Latest first. */
  readonly latest: readonly Change[];
  /** Increases when something changed, at most once in two seconds. Counts are loaded again then. */
  readonly refreshCount: number;
};

const maxChangesShown = 8;
const minRefreshIntervalMs = 2_000;

/** Changes in this mirror while the page is open. */
export function useChanges(): Changes {
  const [state, setState] = useState<ConnectionState>("connecting");
  const [latest, setLatest] = useState<readonly Change[]>([]);
  const [refreshCount, setRefreshCount] = useState(0);
  useEffect(() => {
    let refreshTimer: ReturnType<typeof setTimeout> | undefined;
    let lastRefresh = 0;
    const stop = subscribe(changesQuery, {
      onState: setState,
      onData: ({ paperChanged }) => {
        setLatest((before) => [paperChanged, ...before].slice(0, maxChangesShown));
        refreshTimer ??= setTimeout(
          () => {
            refreshTimer = undefined;
            lastRefresh = Date.now();
            setRefreshCount((count) => count + 1);
          },
          Math.max(0, lastRefresh + minRefreshIntervalMs - Date.now()),
        );
      },
    });
    return () => {
      clearTimeout(refreshTimer);
      stop();
    };
  }, []);
  return { state, latest, refreshCount };
}
