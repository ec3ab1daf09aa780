import "./graph.css";
import { useMemo, useState } from "preact/hooks";
import { type AskError, graphql, namedWorkFragment, refOf, useAnswer } from "../../api/index.ts";
import { type ChangePlace, readGraphPlace, useGraph, writeGraphPlace } from "../../graph/index.ts";
import { goTo, graphAddress, graphAddressOf, useAddress, useTitle } from "../../routing/index.ts";
import { quoted, Said, yearText } from "../../text/index.ts";
import { ErrorNotice, QueryBehind } from "../../ui/index.ts";
import { WorkForm } from "./graph-controls.tsx";
import { GraphView } from "./graph-view.tsx";

export function GraphPage() {
  const address = useAddress();
  const place = useMemo(() => readGraphPlace(address.searchParams), [address.search]);
  const change: ChangePlace = (changes, isStep = true) => {
    // As it is now: two changes may come before the page is drawn again.
    const now = readGraphPlace(new URL(location.href).searchParams);
    goTo(graphAddressOf(writeGraphPlace({ ...now, ...changes })), isStep ? "push" : "replace");
  };
  const [turn, setTurn] = useState(0);
  const { answer, isAsking, error } = useGraph(place, turn);
  useTitle(place.of.length === 0 ? "Graph" : `Graph of ${place.of.join(", ")}`);
  return (
    <div class="graph-page">
      <div class="graph-head">
        <h1>Citations</h1>
        <WorkForm place={place} change={change} />
      </div>
      {place.of.length === 0 && <GraphStart />}
      {error !== null && <AskFailure error={error} names={place.of} retry={() => setTurn(turn + 1)} />}
      {place.of.length > 0 && (error === null || answer !== null) && (
        <GraphView place={place} change={change} answer={answer} isAsking={isAsking} />
      )}
    </div>
  );
}

/** Why there is no graph, and what to do. */
export function AskFailure({
  error,
  names,
  retry,
}: {
  error: AskError;
  /** The works that the address names. */
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
          text={`Nothing in this mirror is named ${quoted(names)}. Enter a title, an arXiv id, a DOI or a Pith number above.`}
        />
      );
    case "AMBIGUOUS_REF":
      return (
        <ErrorNotice error={error} text="Choose one:">
          <ul>
            {error.pithNumbers.map((pithNumber) => (
              <li key={pithNumber}>
                <a href={graphAddress([pithNumber])}>{pithNumber}</a>
              </li>
            ))}
          </ul>
        </ErrorNotice>
      );
    default:
      return <ErrorNotice error={error} retry={retry} />;
  }
}

const startQuestion = graphql(
  `
  query MostCited {
    topWorks(by: CITED_BY_COUNT, first: 8) {
      nodes {
        score
        work {
          ...NamedWork
        }
      }
    }
  }
`,
  [namedWorkFragment],
);

/** Starting points for readers without a work in mind. */
export function GraphStart() {
  const answer = useAnswer(startQuestion, {});
  return (
    <section class="panel graph-start" aria-labelledby="graph-start">
      <h2 id="graph-start">Choose a starting point</h2>
      <p class="soft">
        Enter a paper above, or start from one of the most cited. The graph shows what it cites and what cites
        it.
      </p>
      {answer.state === "answered" && (
        <ol>
          {answer.data.topWorks.nodes.map(({ work, score }) => {
            const ref = refOf(work);
            const year = yearText(work);
            return (
              <li key={ref}>
                <a href={graphAddress([ref])}>
                  <Said text={work.title ?? ref} most={160} canGrow={false} />
                </a>{" "}
                <span class="soft small">
                  {year !== null && `${year}, `}cited by {score.toLocaleString("en")}
                </span>
              </li>
            );
          })}
        </ol>
      )}
      {answer.state === "answered" && answer.data.topWorks.nodes.length === 0 && (
        <p>This mirror has no citations yet.</p>
      )}
      {answer.state === "failed" && <ErrorNotice error={answer.error} />}
      <p>
        <QueryBehind document={startQuestion} variables={{}} of="the most cited works" />
      </p>
    </section>
  );
}
