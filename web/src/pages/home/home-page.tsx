import "./home.css";
import { graphql } from "../../api/graphql.ts";
import { listedPaperFragment } from "../../api/shown-fragments.ts";
import { useAnswer } from "../../api/use-answer.ts";
import { FindBox } from "../../find/find-box.tsx";
import { ProofChip } from "../../proof/proof-chip.tsx";
import { overviewAddress, paperAddress } from "../../routing/addresses.ts";
import { Failure } from "../../shell/failure.tsx";
import { QueryBehind } from "../../shell/query-behind.tsx";
import { useTitle } from "../../shell/use-title.ts";
import { Said } from "../../text/said.tsx";

const homeQuery = graphql(
  `
  query Home {
    status {
      papers
      works
      citations
      claims
      events
    }
    latest: papers(first: 6) {
      nodes {
        ...ListedPaper
      }
    }
    cited: papers(first: 6, orderBy: CITED_BY_DESC) {
      nodes {
        ...ListedPaper
      }
    }
  }
`,
  [listedPaperFragment],
);

const counts = ["papers", "claims", "works", "citations", "events"] as const;

export function HomePage() {
  useTitle(null);
  const { data, ...answer } = useAnswer(homeQuery, {});
  return (
    <div class="home">
      <section class="home-find">
        <h1>Who asserts it, and how far is it proved?</h1>
        <p class="soft">
          A mirror of signed scholarly records: papers, their claims and their references, each with its
          signer.
        </p>
        <FindBox size="large" />
        {data !== undefined && (
          <ul class="home-counts">
            {counts.map((name) => (
              <li key={name}>
                <strong>{data.status[name].toLocaleString("en")}</strong> {name}
              </li>
            ))}
            <li>
              <a href={overviewAddress()}>Overview</a>
            </li>
          </ul>
        )}
      </section>
      {answer.state === "failed" && <Failure title="Nothing could be loaded">{answer.error.message}</Failure>}
      {data !== undefined && (
        <>
          <div class="home-lists">
            <PaperList title="Latest submitted" papers={data.latest.nodes} />
            <PaperList title="Cited most" papers={data.cited.nodes} />
          </div>
          <QueryBehind document={homeQuery} variables={{}} of="counts and lists" />
        </>
      )}
    </div>
  );
}

type ListedPaper = {
  readonly pithNumber: string;
  readonly title: string | null;
  readonly submittedAt: string;
  readonly work: { readonly citedByCount: number };
  readonly verification: { readonly proof: "SIGNED" | "RECEIPT" | "HASH" };
};

function PaperList({ title, papers }: { title: string; papers: readonly ListedPaper[] }) {
  return (
    <section>
      <h2>{title}</h2>
      <ul class="paper-list">
        {papers.map((paper) => (
          <li key={paper.pithNumber}>
            <a href={paperAddress(paper.pithNumber)}>
              <Said text={paper.title ?? paper.pithNumber} most={160} canGrow={false} />
            </a>
            <span class="found-meta">
              <ProofChip proof={paper.verification.proof} />
              <time dateTime={paper.submittedAt}>{paper.submittedAt.slice(0, 10)}</time>
              <span>cited {paper.work.citedByCount.toLocaleString("en")} times</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
