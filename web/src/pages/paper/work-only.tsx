import { graphAddress } from "../../routing/addresses.ts";
import { Said } from "../../text/said.tsx";
import type { WorkAnswer } from "./paper-query.ts";
import { CitedBy } from "./sections/cited-by.tsx";

/** A work that papers here cite, and of which none is held. */
export function WorkOnly({ work, name }: { work: WorkAnswer; name: string }) {
  const names = [work.arxivId && `arXiv:${work.arxivId}`, work.doi && `doi:${work.doi}`, ...work.workIds];
  return (
    <article class="work-only">
      <header class="paper-head">
        <p class="paper-kicker">
          <span class="category">Only cited</span>
          {work.year !== null && <span>{work.year}</span>}
        </p>
        <h1>{work.title === null ? name : <Said text={work.title} most={400} />}</h1>
        <p class="notice">
          This mirror holds no paper of this work. What is shown is what papers that cite it say of it.
        </p>
        <p class="soft">
          {names
            .filter((text) => typeof text === "string" && text !== "")
            .slice(0, 8)
            .map((text, index) => (
              <span key={index}>
                {index > 0 && " · "}
                <Said text={String(text)} most={120} />
              </span>
            ))}
        </p>
        <p>
          <a href={graphAddress([name])}>Draw its citations</a>
        </p>
      </header>
      <CitedBy name={name} />
    </article>
  );
}
