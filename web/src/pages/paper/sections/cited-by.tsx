import { graphql } from "../../../api/graphql.ts";
import { listedPaperFragment } from "../../../api/shown-fragments.ts";
import { usePages } from "../../../api/use-pages.ts";
import { ProofChip } from "../../../proof/proof-chip.tsx";
import { paperAddress } from "../../../routing/addresses.ts";
import { More } from "../../../shell/more.tsx";
import { QueryBehind } from "../../../shell/query-behind.tsx";
import { Said } from "../../../text/said.tsx";
import { Section } from "../section.tsx";

const citedByQuery = graphql(
  `
  query CitedBy($ref: String!, $first: Int!, $after: String) {
    work(ref: $ref) {
      citedBy(first: $first, after: $after) {
        totalCount
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          ...ListedPaper
        }
      }
    }
  }
`,
  [listedPaperFragment],
);

/** The papers of this mirror that cite a work. */
export function CitedBy({ name }: { name: string }) {
  const variables = { ref: name, first: 10 };
  const pages = usePages(citedByQuery, variables, ({ work }) => work?.citedBy ?? null);
  const { nodes } = pages;
  return (
    <Section
      id="cited-by"
      title="Cited by"
      count={nodes && pages.totalCount}
      aside={<QueryBehind document={citedByQuery} variables={variables} of="who cites it" />}
    >
      {nodes?.length === 0 && <p class="soft">No citing papers in this mirror yet.</p>}
      {nodes !== undefined && nodes.length > 0 && (
        <div class="table-scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">Paper</th>
                <th scope="col">Submitted</th>
                <th scope="col">Proof</th>
                <th scope="col" class="number">
                  Cited
                </th>
              </tr>
            </thead>
            <tbody>
              {nodes.map((paper) => (
                <tr key={paper.pithNumber}>
                  <td class="said-cell">
                    <a href={paperAddress(paper.pithNumber)}>
                      <Said text={paper.title ?? paper.pithNumber} most={200} canGrow={false} />
                    </a>
                  </td>
                  <td class="nowrap">{paper.submittedAt.slice(0, 10)}</td>
                  <td>
                    <ProofChip proved={paper.verification} />
                  </td>
                  <td class="number">{paper.work.citedByCount.toLocaleString("en")}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <More pages={pages} what="citing papers" />
    </Section>
  );
}
