import type { Proof } from "../../protocol/index.ts";
import type { IdentifierKind } from "../../store/index.ts";
import type { Target, Voice } from "../../store/voices.ts";

/** What decided that an identifier stands for another. */
export type Evidence = Target & { readonly standing: Proof };

/** What an identifier stands for, and who says otherwise. */
export type Decision = {
  /** Null where it stands for itself. */
  readonly target: Evidence | null;
  /**
   * Where the papers of the best proof do not all say the same: what they say, the voice that decides first. Null where
   * they agree, which is nearly always.
   */
  readonly voices: { readonly standing: Proof; readonly list: readonly Voice[] } | null;
};

/** The identifiers of a reference by their kinds. */
export type IdentifierIds = {
  readonly arxivId: bigint | null;
  readonly doiId: bigint | null;
  readonly workUuidId: bigint | null;
};

/**
 * Calls `use` with each DOI and work id of a reference, and with the identifier that the reference names beside it;
 * null where it names none that would decide.
 */
export function eachStatement(
  { arxivId, doiId, workUuidId }: IdentifierIds,
  use: (identifierId: bigint, target: Target | null) => void,
): void {
  const arxiv: Target | null = arxivId === null ? null : { targetId: arxivId, targetKind: "arxiv" };
  if (doiId !== null) use(doiId, arxiv);
  if (workUuidId === null) return;
  use(workUuidId, arxiv ?? (doiId === null ? null : { targetId: doiId, targetKind: "doi" }));
}

/** An identifier as a reference names it, in its one spelling. */
export type NamedIdentifier = { readonly id: bigint; readonly kind: IdentifierKind; readonly value: string };

/** A row of `work_identifiers`. */
export type Identifier = NamedIdentifier & Decision & { readonly workId: bigint };

/** The work that decides for a reference: its arXiv id, else its DOI, else its work id. */
export function decidingIdentifier({ arxivId, doiId, workUuidId }: IdentifierIds): bigint | null {
  return arxivId ?? doiId ?? workUuidId;
}
