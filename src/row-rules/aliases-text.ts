import type { JsonValue } from "../protocol/index.ts";

/** An alias as in `records.aliases`. Strings are unchanged: PostgreSQL's text may not allow their characters. */
export type StoredAlias = {
  readonly kind: string;
  readonly value: string;
  readonly createdAt: string;
  /** Whether a document accepted at `hash` contained it: part of the log. Otherwise the merge derived it. */
  readonly isBrought: boolean;
  /** Derived: whether the state lists it. */
  readonly isCurrent: boolean;
};

type Cells = readonly [
  kind: string,
  value: string,
  createdAt: string,
  isBrought: boolean,
  isCurrent: boolean,
];

/** The text of `records.aliases`; the caller determines the order. */
export function aliasesText(aliases: readonly StoredAlias[]): string {
  return JSON.stringify(
    aliases.map(
      ({ kind, value, createdAt, isBrought, isCurrent }): Cells => [
        kind,
        value,
        createdAt,
        isBrought,
        isCurrent,
      ],
    ),
  );
}

/** Parses the result of `aliasesText`. */
export function readStoredAliases(text: string): StoredAlias[] {
  return (JSON.parse(text) as Cells[]).map(([kind, value, createdAt, isBrought, isCurrent]) => ({
    kind,
    value,
    createdAt,
    isBrought,
    isCurrent,
  }));
}

/** The part of `records.aliases` that belongs to the log: aliases from documents. */
export function readBroughtAliases(text: string): StoredAlias[] {
  return readStoredAliases(text).filter(({ isBrought }) => isBrought);
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

/** How many papers resolve an identifier to this target, or give it alone. */
export type Voice = { readonly target: Target | null; readonly papers: number };

type Cell = [targetId: string | null, targetKind: Target["targetKind"] | null, papers: number];

/** The text of `work_identifiers.voices`. */
export function voicesText(voices: readonly Voice[]): string {
  const cells = voices.map(
    ({ target, papers }): Cell => [target?.targetId.toString() ?? null, target?.targetKind ?? null, papers],
  );
  return JSON.stringify(cells);
}

export function readVoices(text: string): Voice[] {
  return (JSON.parse(text) as Cell[]).map(([id, kind, papers]) => ({
    target: id === null || kind === null ? null : { targetId: BigInt(id), targetKind: kind },
    papers,
  }));
}
