import "./proof.css";
import type { provenanceFragment, ResultOf } from "../api/index.ts";
import { Said } from "../text/index.ts";
import { originNames, type Proved, type Trust, trustMeaning, trustNames, trustOf } from "./trust.ts";

const shapes: Readonly<Record<Trust, string>> = {
  signed: "M3 8.5 6.5 12 13 4.5",
  receipt: "M4 2.5h8v11l-2-1.5-2 1.5-2-1.5-2 1.5zM6 6h4M6 8.5h4",
  demo: "M6 2.5h4M7 2.5v4L3.5 13h9L9 6.5v-4M5.3 10h5.4",
  untrusted: "M8 3v6M8 11.5v1.5",
  hash: "M6 2.5 5 13.5M11 2.5 10 13.5M3 6h10.5M2.5 10H13",
};

/** How far a statement is proved and by whom: a word, a sign, a colour and the signer's name. */
export function ProofChip({ proved, isShort = false }: { proved: Proved; isShort?: boolean }) {
  const { signer } = proved;
  const trust = trustOf(proved);
  const meaning = trustMeaning(trust, signer);
  return (
    <span class={`proof ${trust}`} title={signer === null ? meaning : `${meaning} Key: ${signer.keyId}`}>
      <svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
        <path d={shapes[trust]} fill="none" stroke="currentColor" stroke-width="1.8" />
      </svg>
      <span class="proof-name">{trustNames[trust]}</span>
      {signer !== null && !isShort && (
        <span class="proof-signer">
          <span class="only-read"> by </span>
          <Said text={signer.signerId} most={60} canGrow={false} />
          <span class="only-read"> ({originNames[signer.origin]})</span>
        </span>
      )}
    </span>
  );
}

/** Who asserts something, and how far that is proved; says so where no event states it. */
export function SaidBy({ provenance }: { provenance: ResultOf<typeof provenanceFragment> | null }) {
  if (provenance === null) return <span class="said-by">No event states this.</span>;
  return <ProofChip proved={provenance} />;
}
