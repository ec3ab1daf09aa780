import { type Proof, proofRank } from "../../protocol/index.ts";
import type { IdentifierKind } from "../../store/index.ts";

/** Somebody's word that an identifier stands for another. */
export type Evidence = {
  readonly targetId: bigint;
  readonly targetKind: "arxiv" | "doi";
  readonly standing: Proof;
};

/** The identifiers of a reference by their kinds. */
export type IdentifierIds = {
  readonly arxivId: bigint | null;
  readonly doiId: bigint | null;
  readonly workUuidId: bigint | null;
};

/** Tells `use` what a reference says about its identifiers by naming them beside each other. */
export function eachEvidence(
  { arxivId, doiId, workUuidId }: IdentifierIds,
  standing: Proof,
  use: (identifierId: bigint, evidence: Evidence) => void,
): void {
  if (arxivId !== null) {
    const target: Evidence = { targetId: arxivId, targetKind: "arxiv", standing };
    if (doiId !== null) use(doiId, target);
    if (workUuidId !== null) use(workUuidId, target);
  } else if (doiId !== null && workUuidId !== null) {
    use(workUuidId, { targetId: doiId, targetKind: "doi", standing });
  }
}

/**
 * Which of two words counts: the better proved, then an arXiv id before a DOI, then the smaller id. A total
 * order, so that the outcome does not depend on which came first.
 */
export function betterEvidence(a: Evidence | null, b: Evidence | null): Evidence | null {
  if (a === null || b === null) return a ?? b;
  const proofs = proofRank(a.standing) - proofRank(b.standing);
  if (proofs !== 0) return proofs > 0 ? a : b;
  if (a.targetKind !== b.targetKind) return a.targetKind === "arxiv" ? a : b;
  return a.targetId <= b.targetId ? a : b;
}

export function isSameEvidence(a: Evidence, b: Evidence): boolean {
  return a.targetId === b.targetId && a.targetKind === b.targetKind && a.standing === b.standing;
}

/** An identifier as a reference names it, in its one spelling. */
export type NamedIdentifier = { readonly id: bigint; readonly kind: IdentifierKind; readonly value: string };

/** A row of `work_identifiers`. */
export type Identifier = NamedIdentifier & {
  readonly target: Evidence | null;
  readonly workId: bigint;
};

/** The work that decides for a reference: its arXiv id, else its DOI, else its work id. */
export function decidingIdentifier({ arxivId, doiId, workUuidId }: IdentifierIds): bigint | null {
  return arxivId ?? doiId ?? workUuidId;
}
