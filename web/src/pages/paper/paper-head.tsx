import { useState } from "preact/hooks";
import { SaidBy } from "../../proof/index.ts";
import { graphAddress } from "../../routing/index.ts";
import { Said } from "../../text/index.ts";
import { QueryBehind } from "../../ui/index.ts";
import { type PaperAnswer, paperQuery } from "./queries.ts";

/** Title, authors, abstract and headline, with who signed them. */
export function PaperHead({ paper }: { paper: PaperAnswer }) {
  const { title, headline, abstractExcerpt, primaryCategory, crossCategories, submittedAt } = paper;
  return (
    <header class="paper-head">
      <p class="paper-kicker">
        {primaryCategory !== null && (
          <span class="category first">
            <Said text={primaryCategory} most={40} canGrow={false} />
          </span>
        )}
        {crossCategories.slice(0, 12).map((category) => (
          <span class="category" key={category}>
            <Said text={category} most={40} canGrow={false} />
          </span>
        ))}
        <time dateTime={submittedAt}>submitted {submittedAt.slice(0, 10)}</time>
      </p>
      <h1>{title === null ? paper.pithNumber : <Said text={title} most={400} />}</h1>
      {title === null && <p class="soft">No title yet: this mirror has no snapshot of the paper.</p>}
      <Authors authors={paper.authors} />
      {headline !== null && (
        <p class="paper-headline">
          <Said text={headline} />
        </p>
      )}
      {abstractExcerpt !== null && (
        <p class="paper-abstract">
          <span class="only-read">Abstract: </span>
          <Said text={abstractExcerpt} most={1500} />
        </p>
      )}
      <p class="paper-said-by">
        <SaidBy provenance={paper.snapshotProvenance} />
        <a href={graphAddress([paper.pithNumber])}>Citation graph</a>
        <QueryBehind document={paperQuery} variables={{ ref: paper.pithNumber }} of="the paper" />
      </p>
      {paper.verdict !== null && <Verdict verdict={paper.verdict} />}
    </header>
  );
}

const mostAuthors = 12;

function Authors({ authors }: { authors: readonly string[] }) {
  const [isWhole, setWhole] = useState(false);
  if (authors.length === 0) return <p class="soft">Authors unknown.</p>;
  const shown = isWhole ? authors : authors.slice(0, mostAuthors);
  return (
    <p class="paper-authors">
      {shown.map((author, index) => (
        <span key={index}>
          {index > 0 && ", "}
          <Said text={author} most={80} canGrow={false} />
        </span>
      ))}
      {shown.length < authors.length && (
        <>
          {" "}
          <button type="button" class="link-like" onClick={() => setWhole(true)}>
            and {authors.length - shown.length} others
          </button>
        </>
      )}
    </p>
  );
}

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
