import type { Counts, GraphWork } from "../../graph-view/neighbourhood.ts";
import { nameOf } from "../../graph-view/neighbourhood.ts";
import { ProofChip } from "../../proof/proof-chip.tsx";
import { paperAddress } from "../../routing/addresses.ts";
import { Said } from "../../text/said.tsx";
import { yearText } from "../../text/shown-year.ts";

/** A work in short: title, authors, date, trust and citations. */
export function WorkCard({ work, counts }: { work: GraphWork; counts: Counts | undefined }) {
  const { authors, category, verification, submittedAt, citedByCount, referenceCount, arxivId, doi } = work;
  const when = submittedAt?.slice(0, 10) ?? yearText(work);
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
        {verification === null ? (
          <span>Only cited: paper not in this mirror</span>
        ) : (
          <ProofChip proved={verification} />
        )}
        {when !== null && <span>{when}</span>}
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
          <dd>{referenceCount === null ? "unknown" : referenceCount.toLocaleString("en")}</dd>
        </div>
        {counts !== undefined && (
          <div>
            <dt>In this graph</dt>
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
