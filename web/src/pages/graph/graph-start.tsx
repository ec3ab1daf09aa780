import { graphql } from "../../api/graphql.ts";
import { namedWorkFragment } from "../../api/shown-fragments.ts";
import { useAnswer } from "../../api/use-answer.ts";
import { refOf } from "../../graph-view/questions.ts";
import { graphAddress } from "../../routing/addresses.ts";
import { QueryBehind } from "../../shell/query-behind.tsx";
import { Said } from "../../text/said.tsx";

const startQuestion = graphql(
  `
  query MostCited {
    topWorks(by: CITED_BY_COUNT, first: 8) {
      score
      work {
        ...NamedWork
      }
    }
  }
`,
  [namedWorkFragment],
);

/** Where to begin, for who has no work in mind. */
export function GraphStart() {
  const answer = useAnswer(startQuestion, {});
  return (
    <section class="panel graph-start" aria-labelledby="graph-start">
      <h2 id="graph-start">Begin with a work</h2>
      <p class="soft">
        Name one above, or take one of those cited most here. What it cites and what cites it is drawn; from
        there it goes on.
      </p>
      {answer.state === "answered" && (
        <ol>
          {answer.data.topWorks.map(({ work, score }) => {
            const ref = refOf(work);
            return (
              <li key={ref}>
                <a href={graphAddress([ref])}>
                  <Said text={work.title ?? ref} most={160} canGrow={false} />
                </a>{" "}
                <span class="soft small">
                  {work.year !== null && `${work.year}, `}cited by {score.toLocaleString("en")}
                </span>
              </li>
            );
          })}
        </ol>
      )}
      {answer.state === "failed" && <p role="alert">{answer.error.message}</p>}
      <p>
        <QueryBehind document={startQuestion} variables={{}} of="the works cited most" />
      </p>
    </section>
  );
}
