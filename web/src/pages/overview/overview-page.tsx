import "./overview.css";
import { refOf, useAnswer } from "../../api/index.ts";
import { graphAddress, paperAddress, useTitle } from "../../routing/index.ts";
import { Said, yearText } from "../../text/index.ts";
import { ErrorNotice, QueryBehind } from "../../ui/index.ts";
import { Anchors } from "./anchors.tsx";
import { LiveEvents, useChanges } from "./live-events.tsx";
import { holdingsQuestion, ranksQuestion } from "./queries.ts";
import { Refused } from "./rejected.tsx";

/** What this mirror holds, as a whole and as it changes. */
export function OverviewPage() {
  useTitle("Overview");
  const changes = useChanges();
  const { turn } = changes;
  return (
    <div class="overview">
      <h1>This mirror</h1>
      <Holdings turn={turn} />
      <Anchors turn={turn} />
      <Ranks turn={turn} />
      <div class="overview-pair">
        <LiveEvents changes={changes} />
        <Refused turn={turn} />
      </div>
    </div>
  );
}

const counts = [
  ["papers", "Papers", "with a stored record"],
  ["works", "Works", "stored or cited"],
  ["citations", "Citations", "between works"],
  ["claims", "Claims", "in current snapshots"],
  ["events", "Events", "accepted"],
] as const;

/** The contents of this mirror, in numbers. */
export function Holdings({ turn }: { turn: number }) {
  const answer = useAnswer(holdingsQuestion, {}, turn);
  if (answer.state === "failed") return <ErrorNotice error={answer.error} />;
  return (
    <section aria-labelledby="holdings">
      <div class="overview-head">
        <h2 id="holdings">Contents</h2>
        <QueryBehind document={holdingsQuestion} variables={{}} of="the contents" />
      </div>
      <dl class="holdings">
        {counts.map(([field, name, meaning]) => (
          <div key={field}>
            <dt>{name}</dt>
            <dd>
              <span class="holdings-count" data-count={field}>
                {answer.state === "answered" ? answer.data.status[field].toLocaleString("en") : "…"}
              </span>
              <span class="soft small">{meaning}</span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

type By = "CITED_BY_COUNT" | "PAGERANK";

/** The top works by both measures, side by side. */
export function Ranks({ turn }: { turn: number }) {
  return (
    <section aria-labelledby="ranks">
      <h2 id="ranks">Top works</h2>
      <div class="overview-pair">
        <RankedBy by="CITED_BY_COUNT" title="Most cited" turn={turn} />
        <RankedBy by="PAGERANK" title="By PageRank" turn={turn} />
      </div>
    </section>
  );
}

function RankedBy({ by, title, turn }: { by: By; title: string; turn: number }) {
  const answer = useAnswer(ranksQuestion, { by }, turn);
  return (
    <div class="panel">
      <h3>{title}</h3>
      {answer.state === "loading" && <p class="soft">Loading …</p>}
      {answer.state === "failed" && <ErrorNotice error={answer.error} />}
      {answer.state === "answered" && (
        <ol class="ranks">
          {answer.data.topWorks.nodes.map(({ rank, score, work }) => {
            const ref = refOf(work);
            const year = yearText(work);
            return (
              <li key={rank} value={rank}>
                <a href={paperAddress(work.paper?.pithNumber ?? ref)}>
                  <Said text={work.title ?? ref} most={140} canGrow={false} />
                </a>
                <span class="soft small">
                  {year !== null && `${year} · `}
                  {by === "CITED_BY_COUNT" ? `cited by ${score.toLocaleString("en")}` : score.toPrecision(3)}{" "}
                  ·{" "}
                  <a href={graphAddress([ref])}>
                    graph<span class="only-read"> of {(work.title ?? ref).slice(0, 80)}</span>
                  </a>
                </span>
              </li>
            );
          })}
        </ol>
      )}
      <p>
        <QueryBehind document={ranksQuestion} variables={{ by }} of={title.toLowerCase()} />
      </p>
    </div>
  );
}
