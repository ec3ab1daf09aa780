import { graphAddress, paperAddress } from "../../routing/addresses.ts";
import { Said } from "../../text/said.tsx";
import { yearText } from "../../text/shown-year.ts";
import { sourceAddress } from "../../text/source-address.ts";
import type { WorkAnswer } from "./paper-query.ts";
import { CitedBy } from "./sections/cited-by.tsx";

/** A work that papers here cite, without a paper of its own; or without the version that was requested. */
export function WorkOnly({ work, name }: { work: WorkAnswer; name: string }) {
  const year = yearText(work);
  return (
    <article class="work-only">
      <header class="work-head">
        <p class="paper-kicker">
          <span class="category">{work.papers.length > 0 ? "Another version" : "Only cited"}</span>
          {year !== null && <span>{year}</span>}
        </p>
        <h1>{work.title === null ? name : <Said text={work.title} most={400} />}</h1>
        {work.papers.length > 0 ? <OtherVersions work={work} name={name} /> : <NoPaper />}
        <Identifiers work={work} />
        <p>
          <a class="button" href={graphAddress([name])}>
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

function OtherVersions({ work, name }: { work: WorkAnswer; name: string }) {
  return (
    <p class="notice">
      <bdi class="said">{name.slice(0, 100)}</bdi> is not in this mirror. Stored{" "}
      {work.papers.length === 1 ? "version" : "versions"}:{" "}
      {work.papers.map(({ pithNumber, source: { version } }, index) => (
        <span key={pithNumber}>
          {index > 0 && ", "}
          <a href={paperAddress(pithNumber)}>{version === null ? pithNumber : `v${version}`}</a>
        </span>
      ))}
      .
    </p>
  );
}

function Identifiers({ work: { arxivId, doi, workIds } }: { work: WorkAnswer }) {
  const known = [
    ...(arxivId === null ? [] : [{ kind: "arxiv", id: arxivId, text: `arXiv:${arxivId}` }]),
    ...(doi === null ? [] : [{ kind: "doi", id: doi, text: `doi:${doi}` }]),
    ...workIds.slice(0, 6).map((id) => ({ kind: "work", id, text: id })),
  ];
  return (
    <p class="soft work-names">
      {known.map(({ kind, id, text }) => {
        const href = sourceAddress(kind, id);
        const said = <Said text={text} most={120} canGrow={false} />;
        return (
          <span key={text}>
            {href === null ? (
              said
            ) : (
              <a href={href} rel="noreferrer">
                {said}
              </a>
            )}
          </span>
        );
      })}
    </p>
  );
}
