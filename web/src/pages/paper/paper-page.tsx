import "./paper.css";
import { useEffect } from "preact/hooks";
import type { AskError } from "../../api/ask.ts";
import { useAnswer } from "../../api/use-answer.ts";
import { type Place, paperAddress, searchAddress } from "../../routing/addresses.ts";
import { goTo } from "../../routing/navigation.ts";
import { Failure } from "../../shell/failure.tsx";
import { useTitle } from "../../shell/use-title.ts";
import { PaperAside } from "./paper-aside.tsx";
import { PaperHead } from "./paper-head.tsx";
import { type PaperAnswer, paperQuery, workQuery } from "./paper-query.ts";
import { CitedBy } from "./sections/cited-by.tsx";
import { Claims } from "./sections/claims.tsx";
import { Events } from "./sections/events.tsx";
import { References } from "./sections/references.tsx";
import { Related } from "./sections/related.tsx";
import { VerificationPanel } from "./verification/verification-panel.tsx";
import { WorkOnly } from "./work-only.tsx";

const workId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whatever a ref names: a paper, or a work of which none is held. */
export function PaperPage({ place: { ref } }: { place: Extract<Place, { page: "paper" }> }) {
  return workId.test(ref) ? <ByWorkId name={ref} /> : <ByRef name={ref} />;
}

function ByRef({ name }: { name: string }) {
  const answer = useAnswer(paperQuery, { ref: name });
  useTitle(answer.data?.paper?.title ?? answer.data?.work?.title ?? name);
  if (answer.state === "failed") return <Unnamed name={name} error={answer.error} />;
  if (answer.state === "loading") return <Loading />;
  const { paper, work } = answer.data;
  if (paper !== null) return <Paper paper={paper} />;
  return work === null ? <NotHeld name={name} /> : <WorkOnly work={work} name={name} />;
}

function ByWorkId({ name }: { name: string }) {
  const answer = useAnswer(workQuery, { ref: name });
  const pithNumber = answer.data?.work?.paper?.pithNumber;
  useTitle(answer.data?.work?.title ?? name);
  useEffect(() => {
    if (pithNumber !== undefined) goTo(paperAddress(pithNumber), "replace");
  }, [pithNumber]);
  if (answer.state === "failed") return <Unnamed name={name} error={answer.error} />;
  if (answer.state === "loading" || pithNumber !== undefined) return <Loading />;
  const { work } = answer.data;
  return work === null ? <NotHeld name={name} /> : <WorkOnly work={work} name={name} />;
}

/** Everything that is known of a paper, and who says so. */
function Paper({ paper }: { paper: PaperAnswer }) {
  const { pithNumber } = paper;
  useEffect(() => {
    // The place that the address names was not there when the browser looked for it.
    if (location.hash !== "") goToFragment(location.hash.slice(1));
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
        <References pithNumber={pithNumber} coverage={paper.referenceCoverage} />
        <CitedBy name={pithNumber} />
        <Related name={pithNumber} />
        <Events pithNumber={pithNumber} />
      </div>
    </article>
  );
}

function goToFragment(id: string): void {
  // Claims come in an answer of their own, so look again for a while.
  let looks = 0;
  const look = () => {
    const found = document.getElementById(id);
    if (found !== null) found.scrollIntoView({ block: "center" });
    else if (looks++ < 60) requestAnimationFrame(look);
  };
  look();
}

function Loading() {
  return <p class="soft waiting">Loading …</p>;
}

function Unnamed({ name, error }: { name: string; error: AskError }) {
  if (error.code !== "AMBIGUOUS_REF") {
    return (
      <>
        <h1>This cannot be shown</h1>
        <Failure title={error.code}>{error.message}</Failure>
      </>
    );
  }
  return (
    <>
      <h1>“{name}” names several papers</h1>
      <ul class="paper-list">
        {error.pithNumbers.map((number) => (
          <li key={number}>
            <a href={paperAddress(number)}>{number}</a>
          </li>
        ))}
      </ul>
    </>
  );
}

function NotHeld({ name }: { name: string }) {
  return (
    <>
      <h1>Not held here</h1>
      <div class="empty">
        <p>
          This mirror holds no paper named <bdi class="said">{name.slice(0, 200)}</bdi>, and none that cites
          it.
        </p>
        <p class="soft">
          A mirror holds what it took in, which need not be all there is. Papers are named by an arXiv id, a
          DOI or a Pith number; words are looked for with <a href={searchAddress(name.slice(0, 200))}>Find</a>
          .
        </p>
      </div>
    </>
  );
}
