import { useAnswer } from "../../api/use-answer.ts";
import { Failure } from "../../shell/failure.tsx";
import { QueryBehind } from "../../shell/query-behind.tsx";
import { holdingsQuestion } from "./overview-questions.ts";

const counts = [
  ["papers", "Papers", "whose canonical record is held"],
  ["works", "Works", "that papers are versions of, or cite"],
  ["citations", "Citations", "from work to work"],
  ["claims", "Claims", "of the papers' current snapshots"],
  ["events", "Events", "taken in, each signed or fitting its id"],
] as const;

/** What this mirror holds, in numbers. */
export function Holdings({ turn }: { turn: number }) {
  const answer = useAnswer(holdingsQuestion, {}, turn);
  if (answer.state === "failed")
    return <Failure title="The counts could not be asked for">{answer.error.message}</Failure>;
  return (
    <section aria-labelledby="holdings">
      <div class="overview-head">
        <h2 id="holdings">What is held</h2>
        <QueryBehind document={holdingsQuestion} variables={{}} of="what is held" />
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
