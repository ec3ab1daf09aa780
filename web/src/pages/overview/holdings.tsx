import { useAnswer } from "../../api/use-answer.ts";
import { ErrorNotice } from "../../shell/error-notice.tsx";
import { QueryBehind } from "../../shell/query-behind.tsx";
import { holdingsQuestion } from "./overview-questions.ts";

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
