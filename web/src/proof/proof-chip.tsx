import "./proof.css";
import { graphql, type ResultOf } from "../api/graphql.ts";
import { Said } from "../text/said.tsx";
import { type Proof, proofWords } from "./words.ts";

export const provenanceFragment = graphql(`
  fragment Provenance on Provenance {
    proof
    signer {
      signerId
      keyId
    }
  }
`);

const shapes: Readonly<Record<Proof, string>> = {
  SIGNED: "M3 8.5 6.5 12 13 4.5",
  RECEIPT: "M4 2.5h8v11l-2-1.5-2 1.5-2-1.5-2 1.5zM6 6h4M6 8.5h4",
  HASH: "M6 2.5 5 13.5M11 2.5 10 13.5M3 6h10.5M2.5 10H13",
};

/** How far something is proved: a word, a sign and a colour. */
export function ProofChip({ proof }: { proof: Proof }) {
  const { name, meaning } = proofWords[proof];
  return (
    <span class={`proof ${proof.toLowerCase()}`} title={meaning}>
      <svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
        <path d={shapes[proof]} fill="none" stroke="currentColor" stroke-width="1.8" />
      </svg>
      {name}
    </span>
  );
}

/** Who says so, and how far that is proved; where nobody is known to say it, that. */
export function SaidBy({ provenance }: { provenance: ResultOf<typeof provenanceFragment> | null }) {
  if (provenance === null) return <span class="said-by">No event states this.</span>;
  const { proof, signer } = provenance;
  return (
    <span class="said-by">
      <ProofChip proof={proof} /> <span class="only-read">asserted by </span>
      <span title={`Key ${signer.keyId}`}>
        <Said text={signer.signerId} most={60} canGrow={false} />
      </span>
    </span>
  );
}
