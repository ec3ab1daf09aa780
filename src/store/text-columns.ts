import type { JsonValue } from "../protocol/index.ts";

/** An alias of a paper as `records` has it. Strings as they came: any of their characters may be outside what PostgreSQL's text holds. */
export type StoredAlias = {
  readonly kind: string;
  readonly value: string;
  readonly createdAt: string;
  /** Whether a document brought it that was accepted at `hash`: part of the log. Else the merge derived it. */
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

/** The text of `records.aliases`; the order is the caller's. */
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

/** Reads what `aliasesText` wrote. */
export function readStoredAliases(text: string): StoredAlias[] {
  return (JSON.parse(text) as Cells[]).map(([kind, value, createdAt, isBrought, isCurrent]) => ({
    kind,
    value,
    createdAt,
    isBrought,
    isCurrent,
  }));
}

/** The part of `records.aliases` that belongs to the log: what documents brought. */
export function readBroughtAliases(text: string): StoredAlias[] {
  return readStoredAliases(text).filter(({ isBrought }) => isBrought);
}

/** An alias as a document would bring it. */
export function aliasValue({
  kind,
  value,
  createdAt,
}: Pick<StoredAlias, "kind" | "value" | "createdAt">): JsonValue {
  return { alias_kind: kind, alias_value: value, created_at: createdAt };
}

/** Another identifier that a DOI or work id stands for. */
export type Target = { readonly targetId: bigint; readonly targetKind: "arxiv" | "doi" };

/** How many papers say one thing of an identifier: that it stands for another, or nothing but itself. */
export type Voice = { readonly target: Target | null; readonly papers: number };

type Cell = [targetId: string | null, targetKind: Target["targetKind"] | null, papers: number];

/** As the column `work_identifiers.voices` has them. */
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
