import type { Counts, GraphWork } from "../../graph-view/neighbourhood.ts";
import { nameOf } from "../../graph-view/neighbourhood.ts";
import { ProofChip } from "../../proof/proof-chip.tsx";
import { paperAddress } from "../../routing/addresses.ts";
import { Said } from "../../text/said.tsx";

/** A work in short: what it is, who wrote it, how it stands in the graph. */
export function WorkCard({ work, counts }: { work: GraphWork; counts: Counts | undefined }) {
  const { authors, year, category, proof, submittedAt, citedByCount, referenceCount, arxivId, doi } = work;
  return (
    <div class="work-card">
      <h3>
        <a href={paperAddress(work.pithNumber ?? work.ref)}>
          <Said text={nameOf(work)} most={300} canGrow={false} />
        </a>
      </h3>
      {authors.length > 0 && (
        <p class="small">
          <Said text={authorsInShort(authors)} most={300} canGrow={false} />
        </p>
      )}
      <p class="work-card-meta small soft">
        {proof === null ? <span>Only cited: no paper of it is held</span> : <ProofChip proof={proof} />}
        {(submittedAt ?? year) !== null && <span>{submittedAt?.slice(0, 10) ?? year}</span>}
        {category !== null && <Said text={category} most={40} canGrow={false} />}
        {(arxivId ?? doi) !== null && (
          <Said text={arxivId === null ? `doi:${doi}` : `arXiv:${arxivId}`} most={120} canGrow={false} />
        )}
      </p>
      <dl class="work-card-counts small">
        <div>
          <dt>Cited by</dt>
          <dd>{citedByCount.toLocaleString("en")}</dd>
        </div>
        <div>
          <dt>References</dt>
          <dd>{referenceCount === null ? "not known" : referenceCount.toLocaleString("en")}</dd>
        </div>
        {counts !== undefined && (
          <div>
            <dt>Shown here</dt>
            <dd>
              {counts.citedBy.toLocaleString("en")} citing, {counts.cites.toLocaleString("en")} cited
            </dd>
          </div>
        )}
      </dl>
    </div>
  );
}

function authorsInShort(authors: readonly string[]): string {
  const first = authors.slice(0, 6).join(", ");
  return authors.length > 6 ? `${first} and ${authors.length - 6} more` : first;
}
