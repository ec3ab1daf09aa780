import { useAnswer } from "../../api/use-answer.ts";
import { refOf } from "../../graph-view/questions.ts";
import { graphAddress, paperAddress } from "../../routing/addresses.ts";
import { ErrorNotice } from "../../shell/error-notice.tsx";
import { QueryBehind } from "../../shell/query-behind.tsx";
import { Said } from "../../text/said.tsx";
import { yearText } from "../../text/shown-year.ts";
import { ranksQuestion } from "./overview-questions.ts";

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
