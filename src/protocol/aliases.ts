import { compareCodePoints } from "./canonical-json.ts";
import { type PithNumber, shortLengths, suffixOf } from "./identifiers.ts";
import { type Instant, parseInstant } from "./instant.ts";
import { isJsonInteger, isJsonObject, type JsonValue } from "./json.ts";

/** A well-formed alias: exactly a kind, a value and a time. */
export type Alias = {
  readonly kind: string;
  readonly value: string;
  readonly createdAt: string;
  readonly instant: Instant;
};

export type StateAlias = Alias & {
  /** Whether it follows from the record. Otherwise it is only a claim, used to find a paper but never to join works. */
  readonly followsFromRecord: boolean;
  /** Whether no document contained it: the merge added it, because the record is proved. */
  readonly isDerived: boolean;
};

/** The parts of a state's record that aliases depend on. */
export type AliasRecord = {
  readonly record: JsonValue;
  /** The `created_at` of its `record_created`, if the effective proof of that is at least `receipt`; else null. */
  readonly provedAt: string | null;
};

/** Parses an alias; null unless it is exactly `{alias_kind, alias_value, created_at}`. */
export function parseAlias(value: JsonValue): Alias | null {
  if (!isJsonObject(value) || Object.keys(value).length !== 3) return null;
  const { alias_kind: kind, alias_value: text, created_at: createdAt } = value;
  if (typeof kind !== "string" || typeof text !== "string" || typeof createdAt !== "string") return null;
  const instant = parseInstant(createdAt);
  return instant === null ? null : { kind, value: text, createdAt, instant };
}

const shortKinds = shortLengths
  .map((length) => [`pith_short_${length}`, length] as const)
  .sort(([a], [b]) => compareCodePoints(a, b));
/** Aliases of these kinds only count if they follow from the record. */
const derivableKinds = new Set(["arxiv", "arxiv_version", ...shortKinds.map(([kind]) => kind)]);
const arxivDoiPrefix = "10.48550/arxiv.";

/**
 * Whether an alias could count as a mere claim (PROTOCOL 6.3). A document accepted above `hash` cannot contribute such
 * an alias: it is ignored with the warning `ALIAS_UNPROVED`. Depends on the alias alone.
 */
export function isUnprovedClaim(value: JsonValue): boolean {
  const alias = parseAlias(value);
  if (alias === null || derivableKinds.has(alias.kind)) return false;
  const prefix = alias.value.slice(0, arxivDoiPrefix.length);
  return alias.kind !== "doi" || asciiLowerCase(prefix) !== arxivDoiPrefix;
}

function asciiLowerCase(text: string): string {
  if (!/[A-Z]/.test(text)) return text;
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/**
 * The aliases that follow from a record (PROTOCOL 6.3), by kind and sorted by it: the arXiv id with and without
 * version, arXiv's own DOI for it, and the first characters of the suffix. Without a record only the last.
 */
function recordAliases(pithNumber: PithNumber, record: JsonValue | null): Map<string, string> {
  const aliases = new Map<string, string>();
  const source = isJsonObject(record) ? record["source"] : undefined;
  if (isJsonObject(source) && source["kind"] === "arxiv" && typeof source["id"] === "string") {
    const { id, version } = source;
    aliases.set("arxiv", id);
    if (isJsonInteger(version)) aliases.set("arxiv_version", `${id}v${version}`);
    aliases.set("doi", `${arxivDoiPrefix}${asciiLowerCase(id)}`);
  }
  const suffix = suffixOf(pithNumber);
  for (const [kind, length] of shortKinds) aliases.set(kind, suffix.slice(0, length));
  return aliases;
}

/**
 * The `source_aliases` of a state, sorted. `documentAliases`: those of the documents accepted at `hash`, in any order and with
 * repeats. `isInconsistent`: whether some were dropped (`ALIAS_INCONSISTENT`).
 */
export function mergeAliases(
  documentAliases: Iterable<JsonValue>,
  pithNumber: PithNumber,
  recordParts: AliasRecord | null,
): { aliases: StateAlias[]; isInconsistent: boolean } {
  const following = recordAliases(pithNumber, recordParts?.record ?? null);
  const earliest = new Map<string, StateAlias>();
  let isInconsistent = false;
  let anyFollows = false;
  for (const value of documentAliases) {
    const alias = parseAlias(value);
    const followsFromRecord = alias !== null && following.get(alias.kind) === alias.value;
    if (alias === null || (derivableKinds.has(alias.kind) && !followsFromRecord)) {
      isInconsistent = true;
      continue;
    }
    anyFollows ||= followsFromRecord;
    // The length separates kind and value unambiguously.
    const key = `${alias.kind.length} ${alias.kind}${alias.value}`;
    const other = earliest.get(key);
    if (other === undefined || isEarlier(alias, other)) {
      earliest.set(key, { ...alias, followsFromRecord, isDerived: false });
    }
  }
  const aliases = [...earliest.values()];
  const provedAt = recordParts?.provedAt ?? null;
  // A list from a trusted source is left unchanged, even if some aliases are missing.
  if (provedAt !== null && !anyFollows) {
    const instant = parseInstant(provedAt) as Instant;
    for (const [kind, value] of following) {
      aliases.push({ kind, value, createdAt: provedAt, instant, followsFromRecord: true, isDerived: true });
    }
  }
  // Aliases of the record alone are already sorted, and most papers have no others.
  if (earliest.size > 0)
    aliases.sort((a, b) => compareCodePoints(a.kind, b.kind) || compareCodePoints(a.value, b.value));
  return { aliases, isInconsistent };
}

/** Of equal aliases the earliest instant counts; of equal instants the smaller text. */
export function isEarlier(a: Alias, b: Alias): boolean {
  return a.instant === b.instant ? a.createdAt < b.createdAt : a.instant < b.instant;
}
