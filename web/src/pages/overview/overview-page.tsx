import "./overview.css";
import { refOf, useQuery } from "../../api/index.ts";
import { graphUrl, paperUrl, useTitle } from "../../routing/index.ts";
import { DocumentText, formatYear } from "../../text/index.ts";
import { ErrorNotice, QueryLink } from "../../ui/index.ts";
import { Anchors } from "./anchors.tsx";
import { LiveEvents, useChanges } from "./live-events.tsx";
import { contentsQuery, topWorksQuery } from "./queries.ts";
import { Rejected } from "./rejected.tsx";

/** The contents of this mirror, updated live. */
export function OverviewPage() {
  useTitle("Overview");
  const changes = useChanges();
  const { refreshCount } = changes;
  return (
    <div class="overview">
      <h1>This mirror</h1>
      <Contents refreshCount={refreshCount} />
      <Anchors refreshCount={refreshCount} />
      <TopWorks refreshCount={refreshCount} />
      <div class="overview-pair">
        <LiveEvents changes={changes} />
        <Rejected refreshCount={refreshCount} />
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
export function Contents({ refreshCount }: { refreshCount: number }) {
  const result = useQuery(contentsQuery, {}, refreshCount);
  if (result.state === "failed") return <ErrorNotice error={result.error} />;
  return (
    <section aria-labelledby="contents">
      <div class="overview-head">
        <h2 id="contents">Contents</h2>
        <QueryLink document={contentsQuery} variables={{}} label="the contents" />
      </div>
      <dl class="contents">
        {counts.map(([field, name, meaning]) => (
          <div key={field}>
            <dt>{name}</dt>
            <dd>
              <span class="contents-count" data-count={field}>
                {result.state === "loaded" ? result.data.status[field].toLocaleString("en") : "…"}
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
export function TopWorks({ refreshCount }: { refreshCount: number }) {
  return (
    <section aria-labelledby="top-works">
      <h2 id="top-works">Top works</h2>
      <div class="overview-pair">
        <TopWorksBy by="CITED_BY_COUNT" title="Most cited" refreshCount={refreshCount} />
        <TopWorksBy by="PAGERANK" title="By PageRank" refreshCount={refreshCount} />
      </div>
    </section>
  );
}

function TopWorksBy({ by, title, refreshCount }: { by: By; title: string; refreshCount: number }) {
  const result = useQuery(topWorksQuery, { by }, refreshCount);
  return (
    <div class="panel">
      <h3>{title}</h3>
      {result.state === "loading" && <p class="soft">Loading …</p>}
      {result.state === "failed" && <ErrorNotice error={result.error} />}
      {result.state === "loaded" && (
        <ol class="top-works">
          {result.data.topWorks.nodes.map(({ rank, score, work }) => {
            const ref = refOf(work);
            const year = formatYear(work);
            return (
              <li key={rank} value={rank}>
                <a href={paperUrl(work.paper?.pithNumber ?? ref)}>
                  <DocumentText text={work.title ?? ref} maxLength={140} isExpandable={false} />
                </a>
                <span class="soft small">
                  {year !== null && `${year} · `}
                  {by === "CITED_BY_COUNT" ? `cited by ${score.toLocaleString("en")}` : score.toPrecision(3)}{" "}
                  ·{" "}
                  <a href={graphUrl([ref])}>
                    graph<span class="visually-hidden"> of {(work.title ?? ref).slice(0, 80)}</span>
                  </a>
                </span>
              </li>
            );
          })}
        </ol>
      )}
      <p>
        <QueryLink document={topWorksQuery} variables={{ by }} label={title.toLowerCase()} />
      </p>
    </div>
  );
}
