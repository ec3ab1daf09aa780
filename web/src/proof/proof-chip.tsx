import "./proof.css";
import type { provenanceFragment, ResultOf } from "../api/index.ts";
import { DocumentText } from "../text/index.ts";
import { describeTrust, type Evidence, originLabels, type Trust, trustLabels, trustOf } from "./trust.ts";

const iconPaths: Readonly<Record<Trust, string>> = {
  signed: "M3 8.5 6.5 12 13 4.5",
  receipt: "M4 2.5h8v11l-2-1.5-2 1.5-2-1.5-2 1.5zM6 6h4M6 8.5h4",
  demo: "M6 2.5h4M7 2.5v4L3.5 13h9L9 6.5v-4M5.3 10h5.4",
  untrusted: "M8 3v6M8 11.5v1.5",
  hash: "M6 2.5 5 13.5M11 2.5 10 13.5M3 6h10.5M2.5 10H13",
};

/** How far a statement is proved and by whom: an icon, a label and the signer's name. */
export function ProofChip({ evidence, isShort = false }: { evidence: Evidence; isShort?: boolean }) {
  const { signer } = evidence;
  const trust = trustOf(evidence);
  const meaning = describeTrust(trust, signer);
  return (
    <span class={`proof ${trust}`} title={signer === null ? meaning : `${meaning} Key: ${signer.keyId}`}>
      <svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
        <path d={iconPaths[trust]} fill="none" stroke="currentColor" stroke-width="1.8" />
      </svg>
      <span class="proof-name">{trustLabels[trust]}</span>
      {signer !== null && !isShort && (
        <span class="proof-signer">
          <span class="visually-hidden"> by </span>
          <DocumentText text={signer.signerId} maxLength={60} isExpandable={false} />
          <span class="visually-hidden"> ({originLabels[signer.origin]})</span>
        </span>
      )}
    </span>
  );
}

/** The proof and signer of a statement, or a note that no event states it. */
export function ProvenanceChip({ provenance }: { provenance: ResultOf<typeof provenanceFragment> | null }) {
  if (provenance === null) return <span class="provenance">No event states this.</span>;
  return <ProofChip evidence={provenance} />;
}
