import type { ComponentChildren } from "preact";
import { ProofChip, ProvenanceChip } from "../../proof/index.ts";
import { paperUrl, serverUrl } from "../../routing/index.ts";
import { DocumentText, sourceUrl } from "../../text/index.ts";
import type { PaperResult } from "./queries.ts";

/** Identifiers, versions and documents of a paper. */
export function PaperAside({ paper }: { paper: PaperResult }) {
  const { source, work, license } = paper;
  const suffix = paper.pithNumber.slice("pith:0000:".length);
  const others = paper.aliases.filter(({ kind }) => !kind.startsWith("pith_short"));
  return (
    <>
      <section class="panel facts" aria-labelledby="record-title">
        <h2 id="record-title">The record</h2>
        <dl>
          <Fact name="Pith number">
            <code>{paper.pithNumber}</code>
          </Fact>
          <Fact name="Source">
            <SourceLink {...source} />
          </Fact>
          {others.length > 0 && (
            <Fact name="Other names">
              {others.slice(0, 20).map(({ kind, value }) => (
                <div key={`${kind} ${value}`}>
                  <DocumentText text={value} maxLength={120} /> <span class="soft">{kind}</span>
                </div>
              ))}
            </Fact>
          )}
          {license !== null && (
            <Fact name="License">
              <DocumentText text={license.replace(/^https?:\/\//, "")} maxLength={120} />
            </Fact>
          )}
          <Fact name="Record hash">
            <code>{paper.canonicalSha256}</code>
          </Fact>
          <Fact name="State hash">
            <code>{paper.state.sha256}</code>
          </Fact>
          <Fact name="Record asserted by">
            <ProvenanceChip provenance={paper.recordProvenance} />
          </Fact>
        </dl>
        <p class="facts-links">
          <a href={serverUrl(`pith/${suffix}/bundle.json`)} target="_self" download={`${suffix}.bundle.json`}>
            Bundle
          </a>
          <a href={serverUrl(`pith/${suffix}/state.json`)} target="_self" download={`${suffix}.state.json`}>
            State
          </a>
        </p>
      </section>
      <section class="panel" aria-labelledby="versions-title">
        <h2 id="versions-title">Versions in this mirror</h2>
        <ul class="versions">
          {work.papers.map((version) => (
            <li key={version.pithNumber}>
              <a
                href={paperUrl(version.pithNumber)}
                aria-current={version.pithNumber === paper.pithNumber ? "true" : undefined}
              >
                {version.source.version === null ? "Version" : `v${version.source.version}`}
              </a>{" "}
              <time dateTime={version.submittedAt}>{version.submittedAt.slice(0, 10)}</time>{" "}
              <ProofChip evidence={version.verification} isShort />
              {version.pithNumber === paper.pithNumber && <span class="soft small"> shown here</span>}
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The paper at its source, as a link where the source has known addresses. */
function SourceLink({ kind, identifier, version }: PaperResult["source"]) {
  const name = `${kind}:${identifier}${version === null ? "" : `v${version}`}`;
  const href = sourceUrl(
    kind,
    kind === "arxiv" && version !== null ? `${identifier}v${version}` : identifier,
  );
  if (href === null) return <DocumentText text={name} maxLength={120} />;
  return (
    <a href={href} rel="noreferrer">
      {name}
    </a>
  );
}
