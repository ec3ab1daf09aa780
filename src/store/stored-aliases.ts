import type { AliasMention } from "../protocol/index.ts";

/** An alias as the log keeps it. Strings as they came: any of their characters may be outside what PostgreSQL's text holds. */
export type StoredAlias = {
  readonly kind: string;
  readonly value: string;
  readonly createdAt: string;
  /** Whether a document brought it that was let in at `hash`, where somebody's word suffices. */
  readonly letInAtHash: boolean;
  /** Derived: whether the state lists it. */
  readonly isCurrent: boolean;
};

type Cells = readonly [
  kind: string,
  value: string,
  createdAt: string,
  letInAtHash: boolean,
  isCurrent: boolean,
];

/** The text of `records.aliases`; the order is the caller's. */
export function aliasesText(aliases: readonly StoredAlias[]): string {
  return JSON.stringify(
    aliases.map(
      ({ kind, value, createdAt, letInAtHash, isCurrent }): Cells => [
        kind,
        value,
        createdAt,
        letInAtHash,
        isCurrent,
      ],
    ),
  );
}

/** Reads what `aliasesText` wrote. */
export function readStoredAliases(text: string): StoredAlias[] {
  return (JSON.parse(text) as Cells[]).map(([kind, value, createdAt, letInAtHash, isCurrent]) => ({
    kind,
    value,
    createdAt,
    letInAtHash,
    isCurrent,
  }));
}

/** An alias as a document would bring it. */
export function mentionOf({ kind, value, createdAt, letInAtHash }: StoredAlias): AliasMention {
  return { value: { alias_kind: kind, alias_value: value, created_at: createdAt }, letInAtHash };
}
