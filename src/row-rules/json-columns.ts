import type { JsonValue } from "../protocol/index.ts";

/** An alias as in `records.aliases`. Strings are unchanged: PostgreSQL's text may not allow their characters. */
export type StoredAlias = {
  readonly kind: string;
  readonly value: string;
  readonly createdAt: string;
  /** Whether a document accepted at `hash` contained it: part of the log. Otherwise the merge derived it. */
  readonly isLogged: boolean;
  /** Derived: whether the state lists it. */
  readonly isCurrent: boolean;
};

type AliasCells = [kind: string, value: string, createdAt: string, isLogged: boolean, isCurrent: boolean];

/** The text of `records.aliases`; the caller determines the order. */
export function aliasesText(aliases: readonly StoredAlias[]): string {
  const rows = aliases.map((alias): AliasCells => {
    const { kind, value, createdAt, isLogged, isCurrent } = alias;
    return [kind, value, createdAt, isLogged, isCurrent];
  });
  return JSON.stringify(rows);
}

/** Parses the result of `aliasesText`. */
export function readStoredAliases(text: string): StoredAlias[] {
  return (JSON.parse(text) as AliasCells[]).map(([kind, value, createdAt, isLogged, isCurrent]) => ({
    kind,
    value,
    createdAt,
    isLogged,
    isCurrent,
  }));
}

/** The part of `records.aliases` that belongs to the log: aliases from documents. */
export function readLoggedAliases(text: string): StoredAlias[] {
  return readStoredAliases(text).filter(({ isLogged }) => isLogged);
}

/** An alias in the form of a document. */
export function aliasValue({
  kind,
  value,
  createdAt,
}: Pick<StoredAlias, "kind" | "value" | "createdAt">): JsonValue {
  return { alias_kind: kind, alias_value: value, created_at: createdAt };
}

/** The identifier that a DOI or work id resolves to. */
export type Target = { readonly targetId: bigint; readonly targetKind: "arxiv" | "doi" };

/** The number of papers that name this target beside an identifier, or (null) the identifier alone. */
export type Vote = { readonly target: Target | null; readonly papers: number };

type VoteCells = [targetId: string | null, targetKind: Target["targetKind"] | null, papers: number];

/** The text of `work_identifiers.voices`. */
export function votesText(votes: readonly Vote[]): string {
  const cells = votes.map(
    ({ target, papers }): VoteCells => [
      target?.targetId.toString() ?? null,
      target?.targetKind ?? null,
      papers,
    ],
  );
  return JSON.stringify(cells);
}

/** Parses the result of `votesText`. */
export function readVotes(text: string): Vote[] {
  return (JSON.parse(text) as VoteCells[]).map(([id, kind, papers]) => ({
    target: id === null || kind === null ? null : { targetId: BigInt(id), targetKind: kind },
    papers,
  }));
}
