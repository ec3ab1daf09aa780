import { SaidBy } from "../../proof/proof-chip.tsx";
import { Said } from "../../text/said.tsx";
import type { PaperAnswer } from "./paper-query.ts";

type VerdictAnswer = NonNullable<PaperAnswer["verdict"]>;

const parts = [
  ["oneLineSummary", "In one line"],
  ["strongestClaim", "Strongest claim"],
  ["weakestAssumption", "Weakest assumption"],
] as const;

/** What the registry's machine reading made of the paper. */
export function Verdict({ verdict }: { verdict: VerdictAnswer }) {
  const models = verdict.modelSet === null ? null : JSON.stringify(verdict.modelSet);
  return (
    <section class="verdict" aria-labelledby="verdict-title">
      <h2 id="verdict-title">The registry's machine reading</h2>
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
