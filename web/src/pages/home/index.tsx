import "./home.css";
import { useState } from "preact/hooks";
import { graphql, listedPaperFragment, type ResultOf, useQuery } from "../../api/index.ts";
import { ProofChip } from "../../proof/index.ts";
import { overviewUrl, paperUrl, useTitle } from "../../routing/index.ts";
import { SearchBox } from "../../search/index.ts";
import { DocumentText, formatTimes, shortAuthors } from "../../text/index.ts";
import { ErrorNotice, QueryLink } from "../../ui/index.ts";

const homeQuery = graphql(
  `
  query Home {
    status {
      papers
      works
      citations
      claims
      events
      hasSample
    }
    latest: papers(first: 6) {
      nodes {
        ...PaperListItem
      }
    }
    cited: papers(first: 6, orderBy: CITED_BY_DESC) {
      nodes {
        ...PaperListItem
      }
    }
  }
`,
  [listedPaperFragment],
);

const counts = ["papers", "claims", "works", "citations", "events"] as const;

export function HomePage() {
  useTitle(null);
  const [refreshCount, setRefreshCount] = useState(0);
  const { data, ...result } = useQuery(homeQuery, {}, refreshCount);
  const isEmpty = data?.status.papers === 0;
  return (
    <div class="home">
      <section class="home-search">
        <h1>Who claims what, and can you verify it?</h1>
        <p class="soft">Search papers, claims and citations. Every statement shows who signed it.</p>
        <SearchBox size="large" />
        {data !== undefined && !isEmpty && (
          <ul class="home-counts">
            {counts.map((name) => (
              <li key={name}>
                <strong>{data.status[name].toLocaleString("en")}</strong> {name}
              </li>
            ))}
            <li>
              <a href={overviewUrl()}>Overview</a>
            </li>
          </ul>
        )}
        {data?.status.hasSample === true && (
          <p class="small soft">
            This mirror contains demo data. It is signed with a demo key whose private key is public, so those
            signatures prove nothing.
          </p>
        )}
      </section>
      {result.state === "failed" && (
        <ErrorNotice error={result.error} retry={() => setRefreshCount(refreshCount + 1)} />
      )}
      {isEmpty && <EmptyMirror />}
      {data !== undefined && !isEmpty && (
        <>
          <div class="home-lists">
            <PaperList title="Latest papers" papers={data.latest.nodes} />
            <PaperList title="Most cited papers" papers={data.cited.nodes} />
          </div>
          <QueryLink document={homeQuery} variables={{}} label="counts and lists" />
        </>
      )}
    </div>
  );
}

type ListedPaper = ResultOf<typeof listedPaperFragment>;

function PaperList({ title, papers }: { title: string; papers: readonly ListedPaper[] }) {
  return (
    <section>
      <h2>{title}</h2>
      <ul class="paper-list">
        {papers.map((paper) => (
          <li key={paper.pithNumber}>
            <a href={paperUrl(paper.pithNumber)}>
              <DocumentText text={paper.title ?? paper.pithNumber} maxLength={160} isExpandable={false} />
            </a>
            <span class="hit-meta">
              {paper.authors.length > 0 && (
                <DocumentText text={shortAuthors(paper.authors)} maxLength={80} isExpandable={false} />
              )}
              <time dateTime={paper.submittedAt}>{paper.submittedAt.slice(0, 10)}</time>
              <span>cited {formatTimes(paper.work.citedByCount)}</span>
              <ProofChip evidence={paper.verification} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** How to fill an empty mirror. */
export function EmptyMirror() {
  return (
    <section class="panel home-empty" aria-labelledby="empty-title">
      <h2 id="empty-title">This mirror is empty</h2>
      <p>Import documents, then reload this page. On the server, run one of these:</p>
      <dl>
        <div>
          <dt>Copy another mirror</dt>
          <dd>
            <code>npx pith-graph sync https://mirror.example</code>
          </dd>
        </div>
        <div>
          <dt>Import files or folders</dt>
          <dd>
            <code>npx pith-graph ingest bundles/</code>
          </dd>
        </div>
        <div>
          <dt>Try it with demo data</dt>
          <dd>
            <code>npx pith-graph start</code>
          </dd>
        </div>
      </dl>
      <p class="small soft">
        Documents that are signed with other keys than the registry's need <code>--keyring keyring.json</code>
        .
      </p>
    </section>
  );
}
