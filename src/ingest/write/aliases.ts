import {
  type Alias,
  compareCodePoints,
  isEarlier,
  type JsonValue,
  type MergedState,
  parseAlias,
} from "../../protocol/index.ts";
import { aliasesText, aliasValue, type StoredAlias } from "../../store/stored-aliases.ts";

/** Aliases that are new to a paper's log, or earlier than the same there; by `aliasKey`. */
export type AddedAliases = Map<string, StoredAlias>;

/** What tells the aliases of a paper apart, and what they are sorted by. */
export function aliasKey({ kind, value }: Pick<StoredAlias, "kind" | "value">): string {
  return `${JSON.stringify(kind)},${JSON.stringify(value)}`;
}

/**
 * Adds what a document brings where the log has nothing as early. What is malformed is no part of the log; what
 * contradicts the record is, because another record may come.
 */
export function addAlias(
  added: AddedAliases,
  brought: JsonValue,
  held: ReadonlyMap<string, StoredAlias>,
): void {
  const alias = parseAlias(brought);
  if (alias === null) return;
  const { kind, value, createdAt } = alias;
  const stored = { kind, value, createdAt, isBrought: true, isCurrent: false };
  const key = aliasKey(stored);
  const other = added.get(key) ?? held.get(key);
  if (other === undefined || comesEarlier(alias, other)) added.set(key, stored);
}

function comesEarlier(alias: Alias, stored: StoredAlias): boolean {
  const other = parseAlias(aliasValue(stored));
  return other !== null && isEarlier(alias, other);
}

/** All aliases of a paper as they are to be stored: the log's, with which of them the state lists, and the derived. */
export function mergedAliasesText(
  held: ReadonlyMap<string, StoredAlias>,
  added: AddedAliases,
  { aliases }: Pick<MergedState, "aliases">,
): string {
  const listed = new Map(aliases.map((alias) => [aliasKey(alias), alias]));
  const all = new Map<string, StoredAlias>();
  for (const [key, alias] of [...held, ...added]) all.set(key, { ...alias, isCurrent: listed.has(key) });
  for (const [key, { kind, value, createdAt, isDerived }] of listed) {
    if (isDerived) all.set(key, { kind, value, createdAt, isBrought: false, isCurrent: true });
  }
  const keys = [...all.keys()].sort(compareCodePoints);
  return aliasesText(keys.map((key) => all.get(key) as StoredAlias));
}
