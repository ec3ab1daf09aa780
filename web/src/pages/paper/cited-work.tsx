import { graphql, listedPaperFragment, usePages } from "../../api/index.ts";
import { ProofChip } from "../../proof/index.ts";
import { graphUrl, paperUrl } from "../../routing/index.ts";
import { DocumentText, formatYear, sourceUrl } from "../../text/index.ts";
import { LoadMore, QueryLink, Section } from "../../ui/index.ts";
import type { WorkResult } from "./queries.ts";

/** The page of a work whose paper, or requested version, is not in this mirror. */
export function CitedWork({ work, name }: { work: WorkResult; name: string }) {
  const year = formatYear(work);
  return (
    <article class="work-only">
      <header class="work-head">
        <p class="paper-kicker">
          <span class="category">{work.papers.length > 0 ? "Another version" : "Only cited"}</span>
          {year !== null && <span>{year}</span>}
        </p>
        <h1>{work.title === null ? name : <DocumentText text={work.title} maxLength={400} />}</h1>
        {work.papers.length > 0 ? <OtherVersions work={work} name={name} /> : <NoPaper />}
        <Identifiers work={work} />
        <p>
          <a class="button" href={graphUrl([name])}>
            Citation graph
          </a>
        </p>
      </header>
      <CitedBy name={name} />
    </article>
  );
}

function NoPaper() {
  return <p class="notice">We don't have this paper. These details come from papers that cite it.</p>;
}

function OtherVersions({ work, name }: { work: WorkResult; name: string }) {
  return (
    <p class="notice">
      <bdi class="document-text">{name.slice(0, 100)}</bdi> is not in this mirror. Stored{" "}
      {work.papers.length === 1 ? "version" : "versions"}:{" "}
      {work.papers.map(({ pithNumber, source: { version } }, index) => (
        <span key={pithNumber}>
          {index > 0 && ", "}
          <a href={paperUrl(pithNumber)}>{version === null ? pithNumber : `v${version}`}</a>
        </span>
      ))}
      .
    </p>
  );
}

function Identifiers({ work: { arxivId, doi, workIds } }: { work: WorkResult }) {
  const known = [
    ...(arxivId === null ? [] : [{ kind: "arxiv", id: arxivId, text: `arXiv:${arxivId}` }]),
    ...(doi === null ? [] : [{ kind: "doi", id: doi, text: `doi:${doi}` }]),
    ...workIds.slice(0, 6).map((id) => ({ kind: "work", id, text: id })),
  ];
  return (
    <p class="soft work-identifiers">
      {known.map(({ kind, id, text }) => {
        const href = sourceUrl(kind, id);
        const content = <DocumentText text={text} maxLength={120} isExpandable={false} />;
        return (
          <span key={text}>
            {href === null ? (
              content
            ) : (
              <a href={href} rel="noreferrer">
                {content}
              </a>
            )}
          </span>
        );
      })}
    </p>
  );
}

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
          ...PaperListItem
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
      aside={<QueryLink document={citedByQuery} variables={variables} label="who cites it" />}
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
                  <td class="text-cell">
                    <a href={paperUrl(paper.pithNumber)}>
                      <DocumentText
                        text={paper.title ?? paper.pithNumber}
                        maxLength={200}
                        isExpandable={false}
                      />
                    </a>
                  </td>
                  <td class="nowrap">{paper.submittedAt.slice(0, 10)}</td>
                  <td>
                    <ProofChip evidence={paper.verification} />
                  </td>
                  <td class="number">{paper.work.citedByCount.toLocaleString("en")}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <LoadMore pages={pages} noun="citing papers" />
    </Section>
  );
}
