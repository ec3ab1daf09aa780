export { ProofChip, ProvenanceChip } from "./proof-chip.tsx";
export {
  describeTrust,
  type Evidence,
  type Signer,
  type Trust,
  trustLabels,
  trustOf,
  trusts,
} from "./trust.ts";
