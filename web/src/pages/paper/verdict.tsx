import { SaidBy } from "../../proof/proof-chip.tsx";
import { Said } from "../../text/said.tsx";
import type { PaperAnswer } from "./paper-query.ts";

type VerdictAnswer = NonNullable<PaperAnswer["verdict"]>;

const parts = [
  ["oneLineSummary", "Summary"],
  ["strongestClaim", "Strongest claim"],
  ["weakestAssumption", "Weakest assumption"],
] as const;

/** The verdict of a machine reading, with its signer. */
export function Verdict({ verdict }: { verdict: VerdictAnswer }) {
  const models = modelNames(verdict.modelSet);
  return (
    <section class="verdict" aria-labelledby="verdict-title">
      <h2 id="verdict-title">Machine reading</h2>
      <dl>
        {parts.map(([name, title]) => {
          const text = verdict[name];
          return (
            text !== null && (
              <div key={name}>
                <dt>{title}</dt>
                <dd>
                  <Said text={text} />
                </dd>
              </div>
            )
          );
        })}
      </dl>
      <p class="verdict-made">
        <SaidBy provenance={verdict.provenance} />
        {verdict.createdAt !== null && <span>read {verdict.createdAt.slice(0, 10)}</span>}
        {models !== null && (
          <span>
            by <Said text={models} most={120} />
          </span>
        )}
        {verdict.pipelineVersion !== null && (
          <span>
            with <Said text={verdict.pipelineVersion} most={60} />
          </span>
        )}
      </p>
    </section>
  );
}

/** `grok-4.3` of `{"reader":"grok-4.3"}`: the names alone; other forms as JSON; null where none is given. */
function modelNames(modelSet: unknown): string | null {
  if (modelSet === null || modelSet === undefined) return null;
  if (typeof modelSet === "string") return modelSet;
  const values = Object.values(modelSet);
  const isPlain = values.length > 0 && values.every((value) => typeof value === "string");
  return isPlain ? values.join(", ") : JSON.stringify(modelSet);
}
