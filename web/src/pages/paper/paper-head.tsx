import { useState } from "preact/hooks";
import { ProvenanceChip } from "../../proof/index.ts";
import { graphUrl } from "../../routing/index.ts";
import { DocumentText } from "../../text/index.ts";
import { QueryLink } from "../../ui/index.ts";
import { type PaperResult, paperQuery } from "./queries.ts";

/** Title, authors, abstract and headline, with who signed them. */
export function PaperHead({ paper }: { paper: PaperResult }) {
  const { title, headline, abstractExcerpt, primaryCategory, crossCategories, submittedAt } = paper;
  return (
    <header class="paper-head">
      <p class="paper-kicker">
        {primaryCategory !== null && (
          <span class="category primary">
            <DocumentText text={primaryCategory} maxLength={40} isExpandable={false} />
          </span>
        )}
        {crossCategories.slice(0, 12).map((category) => (
          <span class="category" key={category}>
            <DocumentText text={category} maxLength={40} isExpandable={false} />
          </span>
        ))}
        <time dateTime={submittedAt}>submitted {submittedAt.slice(0, 10)}</time>
      </p>
      <h1>{title === null ? paper.pithNumber : <DocumentText text={title} maxLength={400} />}</h1>
      {title === null && <p class="soft">No title yet: this mirror has no snapshot of the paper.</p>}
      <Authors authors={paper.authors} />
      {headline !== null && (
        <p class="paper-headline">
          <DocumentText text={headline} />
        </p>
      )}
      {abstractExcerpt !== null && (
        <p class="paper-abstract">
          <span class="visually-hidden">Abstract: </span>
          <DocumentText text={abstractExcerpt} maxLength={1500} />
        </p>
      )}
      <p class="paper-provenance">
        <ProvenanceChip provenance={paper.snapshotProvenance} />
        <a href={graphUrl([paper.pithNumber])}>Citation graph</a>
        <QueryLink document={paperQuery} variables={{ ref: paper.pithNumber }} label="the paper" />
      </p>
      {paper.verdict !== null && <Verdict verdict={paper.verdict} />}
    </header>
  );
}

const maxAuthorsShown = 12;

function Authors({ authors }: { authors: readonly string[] }) {
  const [isExpanded, setExpanded] = useState(false);
  if (authors.length === 0) return <p class="soft">Authors unknown.</p>;
  const shown = isExpanded ? authors : authors.slice(0, maxAuthorsShown);
  return (
    <p class="paper-authors">
      {shown.map((author, index) => (
        <span key={index}>
          {index > 0 && ", "}
          <DocumentText text={author} maxLength={80} isExpandable={false} />
        </span>
      ))}
      {shown.length < authors.length && (
        <>
          {" "}
          <button type="button" class="link-like" onClick={() => setExpanded(true)}>
            and {authors.length - shown.length} others
          </button>
        </>
      )}
    </p>
  );
}

type VerdictResult = NonNullable<PaperResult["verdict"]>;

const parts = [
  ["oneLineSummary", "Summary"],
  ["strongestClaim", "Strongest claim"],
  ["weakestAssumption", "Weakest assumption"],
] as const;

/** The verdict of a machine reading, with its signer. */
export function Verdict({ verdict }: { verdict: VerdictResult }) {
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
                  <DocumentText text={text} />
                </dd>
              </div>
            )
          );
        })}
      </dl>
      <p class="verdict-meta">
        <ProvenanceChip provenance={verdict.provenance} />
        {verdict.createdAt !== null && <span>read {verdict.createdAt.slice(0, 10)}</span>}
        {models !== null && (
          <span>
            by <DocumentText text={models} maxLength={120} />
          </span>
        )}
        {verdict.pipelineVersion !== null && (
          <span>
            with <DocumentText text={verdict.pipelineVersion} maxLength={60} />
          </span>
        )}
      </p>
    </section>
  );
}

/** `grok-4.3` for `{"reader":"grok-4.3"}`; other forms as JSON; null if there is none. */
function modelNames(modelSet: unknown): string | null {
  if (modelSet === null || modelSet === undefined) return null;
  if (typeof modelSet === "string") return modelSet;
  const values = Object.values(modelSet);
  const isPlain = values.length > 0 && values.every((value) => typeof value === "string");
  return isPlain ? values.join(", ") : JSON.stringify(modelSet);
}
