import { useState } from "preact/hooks";
import { countLinks, type GraphWork, type Neighbourhood, workName } from "../../graph/index.ts";
import { ProofChip } from "../../proof/index.ts";
import { paperUrl } from "../../routing/index.ts";
import { DocumentText, formatYear } from "../../text/index.ts";
import type { GraphActions } from "./graph-actions.ts";

const pageSize = 100;

/** The works and citations of the graph as tables. */
export function WorksTable({
  neighbourhood,
  selected,
  actions,
}: {
  neighbourhood: Neighbourhood;
  selected: ReadonlySet<string>;
  actions: GraphActions;
}) {
  const works = [...neighbourhood.works.values()];
  const counts = countLinks(neighbourhood);
  const rows = useRows(works.length);
  return (
    <>
      <div class="table-scroll">
        <table class="works-table">
          <caption>Works: {works.length.toLocaleString("en")}</caption>
          <thead>
            <tr>
              <th scope="col">Selected</th>
              <th scope="col">Work</th>
              <th scope="col">Year</th>
              <th scope="col">Category</th>
              <th scope="col">Signed by</th>
              <th scope="col" class="number">
                Cited by
              </th>
              <th scope="col" class="number">
                Cites here
              </th>
              <th scope="col" class="number">
                Cited here
              </th>
              <th scope="col" class="number">
                Steps
              </th>
              <th scope="col">Expand</th>
            </tr>
          </thead>
          <tbody>
            {works.slice(0, rows.shown).map((work) => (
              <WorkRow
                key={work.id}
                work={work}
                cites={counts.get(work.id)?.cites ?? 0}
                citedBy={counts.get(work.id)?.citedBy ?? 0}
                isSelected={selected.has(work.id)}
                actions={actions}
              />
            ))}
          </tbody>
        </table>
      </div>
      {rows.more}
      <Citations neighbourhood={neighbourhood} />
    </>
  );
}

function WorkRow({
  work,
  cites,
  citedBy,
  isSelected,
  actions,
}: {
  work: GraphWork;
  cites: number;
  citedBy: number;
  isSelected: boolean;
  actions: GraphActions;
}) {
  const name = workName(work).slice(0, 120);
  const isExpanded = actions.isExpanded(work);
  return (
    <tr>
      <td>
        <input
          type="checkbox"
          checked={isSelected}
          aria-label={`Select ${name}`}
          onChange={() => actions.select(work.id, true)}
        />
      </td>
      <th scope="row">
        <a href={paperUrl(work.pithNumber ?? work.ref)}>
          <DocumentText text={workName(work)} maxLength={200} isExpandable={false} />
        </a>
      </th>
      <td>{formatYear(work) ?? ""}</td>
      <td>
        {work.category !== null && <DocumentText text={work.category} maxLength={40} isExpandable={false} />}
      </td>
      <td>
        {work.verification === null ? (
          <span class="soft">only cited</span>
        ) : (
          <ProofChip evidence={work.verification} />
        )}
      </td>
      <td class="number">{work.citedByCount.toLocaleString("en")}</td>
      <td class="number">{cites}</td>
      <td class="number">{citedBy}</td>
      <td class="number">{work.depth ?? ""}</td>
      <td>
        <button
          type="button"
          class="link-like"
          disabled={isExpanded}
          onClick={() => actions.expand(work)}
          aria-label={`${isExpanded ? "Expanded" : "Expand"}: ${name}`}
        >
          {isExpanded ? "Expanded" : "Expand"}
        </button>
      </td>
    </tr>
  );
}

function Citations({ neighbourhood: { works, citations } }: { neighbourhood: Neighbourhood }) {
  const rows = useRows(citations.length);
  const name = (id: string) => {
    const work = works.get(id);
    if (work === undefined) return id;
    return (
      <a href={paperUrl(work.pithNumber ?? work.ref)}>
        <DocumentText text={workName(work)} maxLength={120} isExpandable={false} />
      </a>
    );
  };
  return (
    <>
      <div class="table-scroll">
        <table class="citations-table">
          <caption>Citations: {citations.length.toLocaleString("en")}</caption>
          <thead>
            <tr>
              <th scope="col">Citing</th>
              <th scope="col">Cited</th>
              <th scope="col">Internal anchor</th>
            </tr>
          </thead>
          <tbody>
            {citations.slice(0, rows.shown).map(({ citing, cited, isInternalAnchor }) => (
              <tr key={`${citing} ${cited}`}>
                <td>{name(citing)}</td>
                <td>{name(cited)}</td>
                <td>{isInternalAnchor ? "yes" : "no"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.more}
    </>
  );
}

/** Shows rows in steps, with a button for more. */
function useRows(count: number) {
  const [limit, setLimit] = useState(pageSize);
  const shown = Math.min(limit, count);
  const more = shown < count && (
    <p class="more">
      <button type="button" class="button" onClick={() => setLimit(limit + pageSize)}>
        {Math.min(pageSize, count - shown)} more rows
      </button>{" "}
      <span class="soft small">
        {shown.toLocaleString("en")} of {count.toLocaleString("en")} shown
      </span>
    </p>
  );
  return { shown, more };
}
