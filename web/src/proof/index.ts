export { ProofChip, SaidBy } from "./proof-chip.tsx";
export { type Proved, type Signer, type Trust, trustMeaning, trustNames, trustOf, trusts } from "./trust.ts";
