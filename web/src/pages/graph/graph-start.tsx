import { graphql } from "../../api/graphql.ts";
import { namedWorkFragment } from "../../api/shown-fragments.ts";
import { useAnswer } from "../../api/use-answer.ts";
import { refOf } from "../../graph-view/questions.ts";
import { graphAddress } from "../../routing/addresses.ts";
import { ErrorNotice } from "../../shell/error-notice.tsx";
import { QueryBehind } from "../../shell/query-behind.tsx";
import { Said } from "../../text/said.tsx";
import { yearText } from "../../text/shown-year.ts";

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
