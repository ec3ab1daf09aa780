import {
  type Alias,
  type AliasMention,
  compareCodePoints,
  isEarlier,
  type MergedState,
  parseAlias,
} from "../../protocol/index.ts";
import { aliasesText, mentionOf, type StoredAlias } from "../../store/stored-aliases.ts";

/** Aliases that are new to a paper's log, or earlier than the same there; by `aliasKey`. */
export type AddedAliases = Map<string, StoredAlias>;

/** What tells the aliases of a paper's log apart, and what they are sorted by. */
export function aliasKey({
  kind,
  value,
  letInAtHash,
}: Pick<StoredAlias, "kind" | "value" | "letInAtHash">): string {
  return `${JSON.stringify(kind)},${JSON.stringify(value)},${letInAtHash}`;
}

/** Kinds that may follow from a record: kept also from documents let in above `hash`. */
const followingKinds = new Set([
  "arxiv",
  "arxiv_version",
  "doi",
  "pith_short_8",
  "pith_short_12",
  "pith_short_16",
]);

/** Adds what a document brings where the log has nothing as early; what is malformed is no part of it. */
export function addAlias(
  added: AddedAliases,
  { value: mentioned, letInAtHash }: AliasMention,
  held: ReadonlyMap<string, StoredAlias>,
): void {
  const alias = parseAlias(mentioned);
  if (alias === null || (!letInAtHash && !followingKinds.has(alias.kind))) return;
  const { kind, value, createdAt } = alias;
  const stored = { kind, value, createdAt, letInAtHash, isCurrent: false };
  const key = aliasKey(stored);
  const other = added.get(key) ?? held.get(key);
  if (other === undefined || comesEarlier(alias, other)) added.set(key, stored);
}

function comesEarlier(alias: Alias, stored: StoredAlias): boolean {
  const other = parseAlias(mentionOf(stored).value);
  return other !== null && isEarlier(alias, other);
}

/** All aliases of a paper's log as they are to be stored, with which of them the state lists. */
export function mergedAliasesText(
  held: ReadonlyMap<string, StoredAlias>,
  added: AddedAliases,
  { aliases }: Pick<MergedState, "aliases">,
): string {
  const all = new Map([...held, ...added]);
  const keys = [...all.keys()].sort(compareCodePoints);
  const current = new Set(aliases.map(nameAndTime));
  // Of equal aliases let in at different doors the state lists one; so does the log.
  const merged = keys.map((key) => {
    const alias = all.get(key) as StoredAlias;
    return { ...alias, isCurrent: current.delete(nameAndTime(alias)) };
  });
  return aliasesText(merged);
}

function nameAndTime({ kind, value, createdAt }: Pick<StoredAlias, "kind" | "value" | "createdAt">): string {
  // A time has no spaces, and the length tells kind and value apart.
  return `${createdAt} ${kind.length} ${kind}${value}`;
}
