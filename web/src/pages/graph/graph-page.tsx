import "./graph.css";
import { useMemo, useState } from "preact/hooks";
import { type ApiError, graphql, refOf, useQuery, workNameFragment } from "../../api/index.ts";
import { formatGraphParams, parseGraphParams, type UpdateParams, useGraph } from "../../graph/index.ts";
import { graphUrl, graphUrlWith, navigate, useCurrentUrl, useTitle } from "../../routing/index.ts";
import { DocumentText, formatYear, quoteNames } from "../../text/index.ts";
import { ErrorNotice, QueryLink } from "../../ui/index.ts";
import { AddWorkForm } from "./graph-controls.tsx";
import { GraphView } from "./graph-view.tsx";

export function GraphPage() {
  const address = useCurrentUrl();
  const params = useMemo(() => parseGraphParams(address.searchParams), [address.search]);
  const update: UpdateParams = (changes, isStep = true) => {
    // Read the current state: two changes may happen before the next render.
    const now = parseGraphParams(new URL(location.href).searchParams);
    navigate(graphUrlWith(formatGraphParams({ ...now, ...changes })), isStep ? "push" : "replace");
  };
  const [refreshCount, setRefreshCount] = useState(0);
  const { graph, isLoading, error } = useGraph(params, refreshCount);
  useTitle(params.roots.length === 0 ? "Graph" : `Graph of ${params.roots.join(", ")}`);
  return (
    <div class="graph-page">
      <div class="graph-head">
        <h1>Citations</h1>
        <AddWorkForm params={params} update={update} />
      </div>
      {params.roots.length === 0 && <StartingPoints />}
      {error !== null && (
        <GraphError error={error} names={params.roots} retry={() => setRefreshCount(refreshCount + 1)} />
      )}
      {params.roots.length > 0 && (error === null || graph !== null) && (
        <GraphView params={params} update={update} graph={graph} isLoading={isLoading} />
      )}
    </div>
  );
}

/** Why there is no graph, and what to do. */
export function GraphError({
  error,
  names,
  retry,
}: {
  error: ApiError;
  /** The refs in the URL. */
  names: readonly string[];
  retry: () => void;
}) {
  switch (error.code) {
    case "NOT_FOUND":
    case "BAD_USER_INPUT":
      return (
        <ErrorNotice
          error={error}
          title={names.length === 1 ? "We couldn't find that paper" : "We couldn't find these papers"}
          text={`Nothing in this mirror is named ${quoteNames(names)}. Enter a title, an arXiv id, a DOI or a Pith number above.`}
        />
      );
    case "AMBIGUOUS_REF":
      return (
        <ErrorNotice error={error} text="Choose one:">
          <ul>
            {error.pithNumbers.map((pithNumber) => (
              <li key={pithNumber}>
                <a href={graphUrl([pithNumber])}>{pithNumber}</a>
              </li>
            ))}
          </ul>
        </ErrorNotice>
      );
    default:
      return <ErrorNotice error={error} retry={retry} />;
  }
}

const mostCitedQuery = graphql(
  `
  query MostCited {
    topWorks(by: CITED_BY_COUNT, first: 8) {
      nodes {
        score
        work {
          ...WorkName
        }
      }
    }
  }
`,
  [workNameFragment],
);

/** Suggested starting points. */
export function StartingPoints() {
  const result = useQuery(mostCitedQuery, {});
  return (
    <section class="panel graph-start" aria-labelledby="graph-start">
      <h2 id="graph-start">Choose a starting point</h2>
      <p class="soft">
        Enter a paper above, or start from one of the most cited. The graph shows what it cites and what cites
        it.
      </p>
      {result.state === "loaded" && (
        <ol>
          {result.data.topWorks.nodes.map(({ work, score }) => {
            const ref = refOf(work);
            const year = formatYear(work);
            return (
              <li key={ref}>
                <a href={graphUrl([ref])}>
                  <DocumentText text={work.title ?? ref} maxLength={160} isExpandable={false} />
                </a>{" "}
                <span class="soft small">
                  {year !== null && `${year}, `}cited by {score.toLocaleString("en")}
                </span>
              </li>
            );
          })}
        </ol>
      )}
      {result.state === "loaded" && result.data.topWorks.nodes.length === 0 && (
        <p>This mirror has no citations yet.</p>
      )}
      {result.state === "failed" && <ErrorNotice error={result.error} />}
      <p>
        <QueryLink document={mostCitedQuery} variables={{}} label="the most cited works" />
      </p>
    </section>
  );
}
