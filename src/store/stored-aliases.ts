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
