import { type GraphWork, type LinkCounts, workName } from "../../graph/index.ts";
import { ProofChip } from "../../proof/index.ts";
import { graphUrl, paperUrl } from "../../routing/index.ts";
import { DocumentText, formatYear } from "../../text/index.ts";
import type { GraphActions } from "./graph-actions.ts";

type SidePanelProps = {
  /** The work that is hovered or focused, or null. */
  readonly active: GraphWork | null;
  readonly selected: readonly GraphWork[];
  readonly counts: ReadonlyMap<string, LinkCounts>;
  readonly actions: GraphActions;
};

/** Details and actions of the selected works and of the one that is hovered or focused. */
export function SidePanel({ active, selected, counts, actions }: SidePanelProps) {
  const [only] = selected;
  const preview = active !== null && !(selected.length === 1 && only?.id === active.id) ? active : null;
  return (
    <aside class="graph-side" aria-label="Selected works">
      {selected.length === 0 && preview === null && (
        <p class="soft small">
          Hover for details, click to select, Shift-click to add. Drag a work to pin it.
        </p>
      )}
      {selected.length === 1 && only !== undefined && (
        <section class="panel" aria-label="The selected work">
          <WorkCard work={only} counts={counts.get(only.id)} />
          <WorkButtons work={only} actions={actions} />
        </section>
      )}
      {selected.length > 1 && <SelectedWorks selected={selected} actions={actions} />}
      {preview !== null && (
        <section class="panel preview" aria-label="Details">
          <WorkCard work={preview} counts={counts.get(preview.id)} />
        </section>
      )}
    </aside>
  );
}

function WorkButtons({ work, actions }: { work: GraphWork; actions: GraphActions }) {
  const isExpanded = actions.isExpanded(work);
  return (
    <p class="buttons">
      <button type="button" class="button" disabled={isExpanded} onClick={() => actions.expand(work)}>
        {isExpanded ? "Expanded" : "Expand"}
      </button>
      <button
        type="button"
        class="button"
        aria-pressed={actions.isPinned(work)}
        onClick={() => actions.togglePin(work)}
      >
        {actions.isPinned(work) ? "Pinned" : "Pin"}
      </button>
      <a class="button" href={graphUrl([work.ref])}>
        Use as starting point
      </a>
      <button type="button" class="button" onClick={() => actions.select(work.id, true)}>
        Deselect
      </button>
    </p>
  );
}

function SelectedWorks({ selected, actions }: Pick<SidePanelProps, "selected" | "actions">) {
  const [first, second] = selected;
  return (
    <section class="panel" aria-label="The selected works">
      <h2>{selected.length} selected</h2>
      <ul class="selected-list">
        {selected.map((work) => (
          <li key={work.id}>
            <DocumentText text={workName(work)} maxLength={120} isExpandable={false} />{" "}
            <button type="button" class="link-like" onClick={() => actions.select(work.id, true)}>
              Deselect<span class="visually-hidden">: {workName(work).slice(0, 80)}</span>
            </button>
          </li>
        ))}
      </ul>
      <p class="buttons">
        {selected.length === 2 && first !== undefined && second !== undefined && (
          <button type="button" class="button primary" onClick={() => actions.findPath(first, second)}>
            Path between them
          </button>
        )}
        <a class="button" href={graphUrl(selected.map(({ ref }) => ref))}>
          Use as starting points
        </a>
        <button type="button" class="button" onClick={actions.clearSelection}>
          Deselect all
        </button>
      </p>
    </section>
  );
}

/** A summary of a work: title, authors, date, trust and citations. */
export function WorkCard({ work, counts }: { work: GraphWork; counts: LinkCounts | undefined }) {
  const { authors, category, verification, submittedAt, citedByCount, referenceCount, arxivId, doi } = work;
  const when = submittedAt?.slice(0, 10) ?? formatYear(work);
  return (
    <div class="work-card">
      <h3>
        <a href={paperUrl(work.pithNumber ?? work.ref)}>
          <DocumentText text={workName(work)} maxLength={300} isExpandable={false} />
        </a>
      </h3>
      {authors.length > 0 && (
        <p class="small">
          <DocumentText text={listAuthors(authors)} maxLength={300} isExpandable={false} />
        </p>
      )}
      <p class="work-card-meta small soft">
        {verification === null ? (
          <span>Only cited: paper not in this mirror</span>
        ) : (
          <ProofChip evidence={verification} />
        )}
        {when !== null && <span>{when}</span>}
        {category !== null && <DocumentText text={category} maxLength={40} isExpandable={false} />}
        {(arxivId ?? doi) !== null && (
          <DocumentText
            text={arxivId === null ? `doi:${doi}` : `arXiv:${arxivId}`}
            maxLength={120}
            isExpandable={false}
          />
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

function listAuthors(authors: readonly string[]): string {
  const first = authors.slice(0, 6).join(", ");
  return authors.length > 6 ? `${first} and ${authors.length - 6} more` : first;
}
