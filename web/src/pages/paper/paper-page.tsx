import "./paper.css";
import { useEffect, useState } from "preact/hooks";
import { type ApiError, useQuery } from "../../api/index.ts";
import { navigate, paperUrl, type Route, searchUrl, useTitle } from "../../routing/index.ts";
import { ErrorNotice } from "../../ui/index.ts";
import { CitedBy, CitedWork } from "./cited-work.tsx";
import { Claims } from "./claims.tsx";
import { Events } from "./events.tsx";
import { PaperAside } from "./paper-aside.tsx";
import { PaperHead } from "./paper-head.tsx";
import { type PaperResult, paperQuery, workQuery } from "./queries.ts";
import { References } from "./references.tsx";
import { RelatedWorks } from "./related-works.tsx";
import { VerificationPanel } from "./verification-panel.tsx";

const workId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The page of a ref: a paper, or a work that is only cited. */
export function PaperPage({ route: { ref } }: { route: Extract<Route, { page: "paper" }> }) {
  return workId.test(ref) ? <ByWorkId name={ref} /> : <ByRef name={ref} />;
}

function ByRef({ name }: { name: string }) {
  const [refreshCount, setRefreshCount] = useState(0);
  const result = useQuery(paperQuery, { ref: name }, refreshCount);
  useTitle(result.data?.paper?.title ?? result.data?.work?.title ?? name);
  if (result.state === "failed")
    return <LoadFailed name={name} error={result.error} retry={() => setRefreshCount(refreshCount + 1)} />;
  if (result.state === "loading") return <Loading />;
  const { paper, work } = result.data;
  if (paper !== null) return <Paper paper={paper} />;
  return work === null ? <NotFound name={name} /> : <CitedWork work={work} name={name} />;
}

function ByWorkId({ name }: { name: string }) {
  const [refreshCount, setRefreshCount] = useState(0);
  const result = useQuery(workQuery, { ref: name }, refreshCount);
  const pithNumber = result.data?.work?.paper?.pithNumber;
  useTitle(result.data?.work?.title ?? name);
  useEffect(() => {
    if (pithNumber !== undefined) navigate(paperUrl(pithNumber), "replace");
  }, [pithNumber]);
  if (result.state === "failed")
    return <LoadFailed name={name} error={result.error} retry={() => setRefreshCount(refreshCount + 1)} />;
  if (result.state === "loading" || pithNumber !== undefined) return <Loading />;
  const { work } = result.data;
  return work === null ? <NotFound name={name} /> : <CitedWork work={work} name={name} />;
}

/** Everything known about a paper, each part with its signer. */
function Paper({ paper }: { paper: PaperResult }) {
  const { pithNumber } = paper;
  useEffect(() => {
    // The element of the fragment was not on the page yet when the browser looked for it.
    if (location.hash !== "") scrollToFragment(location.hash.slice(1));
  }, [pithNumber]);
  return (
    <article class="paper">
      <PaperHead paper={paper} />
      <div class="paper-side">
        <VerificationPanel key={pithNumber} paper={paper} />
        <div class="paper-facts">
          <PaperAside paper={paper} />
        </div>
      </div>
      <div class="paper-main">
        <Claims pithNumber={pithNumber} />
        <References
          pithNumber={pithNumber}
          coverage={paper.referenceCoverage}
          signerId={paper.snapshotProvenance?.signer.signerId ?? null}
        />
        <CitedBy name={pithNumber} />
        <RelatedWorks name={pithNumber} />
        <Events pithNumber={pithNumber} />
      </div>
    </article>
  );
}

function scrollToFragment(id: string): void {
  // Claims are loaded separately: try again for about a second.
  let attempts = 0;
  const tryToScroll = () => {
    const found = document.getElementById(id);
    if (found !== null) found.scrollIntoView({ block: "center" });
    else if (attempts++ < 60) requestAnimationFrame(tryToScroll);
  };
  tryToScroll();
}

function Loading() {
  return <p class="soft loading">Loading …</p>;
}

function LoadFailed({ name, error, retry }: { name: string; error: ApiError; retry: () => void }) {
  if (error.code !== "AMBIGUOUS_REF") {
    return (
      <>
        <h1>
          {error.code === "BAD_USER_INPUT" ? "Not a paper identifier" : "The paper could not be loaded"}
        </h1>
        {error.code === "BAD_USER_INPUT" ? (
          <ErrorNotice
            error={error}
            title={`“${name.slice(0, 100)}” is not a paper identifier`}
            text="Use an arXiv id (2302.12192), a DOI (10.1103/…) or a Pith number (pith:2023:…)."
          >
            <p>
              <a href={searchUrl(name.slice(0, 200))}>Search for these words</a>
            </p>
          </ErrorNotice>
        ) : (
          <ErrorNotice error={error} retry={retry} />
        )}
      </>
    );
  }
  return (
    <>
      <h1>“{name}” matches several papers</h1>
      <ul class="paper-list">
        {error.pithNumbers.map((number) => (
          <li key={number}>
            <a href={paperUrl(number)}>{number}</a>
          </li>
        ))}
      </ul>
    </>
  );
}

function NotFound({ name }: { name: string }) {
  return (
    <>
      <h1>Paper not found</h1>
      <div class="empty">
        <p>
          No paper or cited work matches <bdi class="document-text">{name.slice(0, 200)}</bdi>. This mirror
          may not have imported it yet.
        </p>
        <p class="soft">
          Use an arXiv id, a DOI or a Pith number. For words, use the{" "}
          <a href={searchUrl(name.slice(0, 200))}>search</a>.
        </p>
      </div>
    </>
  );
}
