import { useState } from "preact/hooks";
import { graphql, type ResultOf, referenceFragment, usePages } from "../../api/index.ts";
import { paperUrl } from "../../routing/index.ts";
import { DocumentText, formatCount } from "../../text/index.ts";
import { LoadMore, QueryLink, Section } from "../../ui/index.ts";
import type { PaperResult } from "./queries.ts";

const referencesQuery = graphql(
  `
  query References($ref: String!, $first: Int!, $after: String, $stored: Boolean, $internalAnchor: Boolean) {
    paper(ref: $ref) {
      references(first: $first, after: $after, stored: $stored, internalAnchor: $internalAnchor) {
        totalCount
        pageInfo {
          hasNextPage
          endCursor
        }
        edges {
          cursor
          node {
            ...ReferenceFields
            citedPaper {
              pithNumber
              title
            }
            work {
              arxivId
              doi
              workIds
              title
              citedByCount
            }
          }
        }
      }
    }
  }
`,
  [referenceFragment],
);

type Row = NonNullable<ResultOf<typeof referencesQuery>["paper"]>["references"]["edges"][number];

const filters = {
  all: { name: "All", variables: {} },
  stored: { name: "In this mirror", variables: { stored: true } },
  anchors: { name: "Internal anchors", variables: { internalAnchor: true } },
  onlyCited: { name: "Only cited", variables: { stored: false } },
} as const;

type Filter = keyof typeof filters;

/** The paper's references, and how many of them are in this mirror. */
export function References({
  pithNumber,
  coverage,
  signerId,
}: {
  pithNumber: string;
  coverage: PaperResult["referenceCoverage"];
  signerId: string | null;
}) {
  const [filter, setFilter] = useState<Filter>("all");
  const variables = { ref: pithNumber, first: 20, ...filters[filter].variables };
  const pages = usePages(referencesQuery, variables, ({ paper }) =>
    paper === null ? null : { ...paper.references, nodes: paper.references.edges },
  );
  const { nodes } = pages;
  return (
    <Section
      id="references"
      title="References"
      count={coverage.listed}
      aside={<QueryLink document={referencesQuery} variables={variables} label="the references" />}
    >
      <Coverage coverage={coverage} signerId={signerId} />
      {coverage.listed > 0 && (
        <fieldset class="filter">
          <legend class="visually-hidden">Which references</legend>
          {(Object.keys(filters) as Filter[]).map((name) => (
            <label key={name}>
              <input
                type="radio"
                name="reference-filter"
                checked={filter === name}
                onChange={() => setFilter(name)}
              />
              {filters[name].name}
            </label>
          ))}
        </fieldset>
      )}
      {nodes?.length === 0 && coverage.listed > 0 && <p class="soft">No references of this kind.</p>}
      {nodes !== undefined && nodes.length > 0 && <ReferenceTable rows={nodes} />}
      <LoadMore pages={pages} noun="references" />
    </Section>
  );
}

function ReferenceTable({ rows }: { rows: readonly Row[] }) {
  return (
    <div class="table-scroll">
      <table>
        <thead>
          <tr>
            <th scope="col" class="number">
              #
            </th>
            <th scope="col">Cited work</th>
            <th scope="col">Year</th>
            <th scope="col">Identifier</th>
            <th scope="col">Status</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ cursor, node }) => (
            <tr key={cursor}>
              <td class="number">{node.refIndex}</td>
              <td class="text-cell">
                <CitedWork reference={node} />
              </td>
              <td>{node.year ?? "–"}</td>
              <td class="text-cell small">
                <Identifier reference={node} />
              </td>
              <td class="marks">
                {node.citedPaper !== null && <span class="mark-in-mirror">in this mirror</span>}
                {node.isInternalAnchor && (
                  <span
                    class="mark-anchor"
                    title="Matched to a paper in the registry, according to the signer."
                  >
                    internal anchor
                  </span>
                )}
                {node.citedPaper === null && !node.isInternalAnchor && (
                  <span class="soft small">only cited</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The cited work, by the title in the reference, else by its own. */
function CitedWork({ reference }: { reference: Row["node"] }) {
  const { title, citedPaper, work } = reference;
  const text = title ?? citedPaper?.title ?? work.title ?? "Untitled";
  const name = citedPaper?.pithNumber ?? work.arxivId ?? work.doi ?? work.workIds[0];
  const content = <DocumentText text={text} maxLength={300} isExpandable={false} />;
  return name === undefined ? content : <a href={paperUrl(name)}>{content}</a>;
}

function Identifier({ reference: { citedArxivId, doi, work } }: { reference: Row["node"] }) {
  const text = citedArxivId ?? doi ?? (work.arxivId === null ? null : work.arxivId) ?? work.doi;
  return text === null ? (
    <span class="soft">No identifier</span>
  ) : (
    <DocumentText text={text} maxLength={80} isExpandable={false} />
  );
}

/** How much of the reference list is known, in one or two sentences. */
export function Coverage({
  coverage,
  signerId,
}: {
  coverage: PaperResult["referenceCoverage"];
  /** The signer of the snapshot that states the numbers; null if unknown. */
  signerId: string | null;
}) {
  const { asserted, listed, stored, internalAnchors, complete } = coverage;
  if (listed === 0 && (asserted ?? 0) === 0) return null;
  const total = asserted ?? listed;
  const who = signerId ?? "the snapshot's signer";
  return (
    <div class="coverage">
      <p>
        <strong>
          {listed.toLocaleString("en")} of {formatCount(total, "reference")}
        </strong>{" "}
        listed here, {stored.toLocaleString("en")} with a paper in this mirror.
        {internalAnchors !== null &&
          ` ${internalAnchors.toLocaleString("en")} of ${total.toLocaleString("en")} were matched to papers in the registry, according to ${who}.`}
      </p>
      {!complete && asserted !== null && asserted > listed && (
        <p class="small soft">
          The list is incomplete: {formatCount(asserted - listed, "reference")} not published, so the hash
          over all of them can't be checked.
        </p>
      )}
    </div>
  );
}
