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
  /** Whether it follows from the record, or is somebody's word: for finding, never for joining. */
  readonly followsFromRecord: boolean;
  /** Whether no document brought it: the merge added it, because the record is proved. */
  readonly isDerived: boolean;
};

/** The record of a state, as far as aliases depend on it. */
export type AliasRecord = {
  readonly record: JsonValue;
  /** The `created_at` of its `record_created`, where that one's standing is at least `receipt`; else null. */
  readonly provedAt: string | null;
};

/** Reads an alias; null where it is not exactly `{alias_kind, alias_value, created_at}`. */
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
/** Aliases of these kinds count only where they follow from the record. */
const derivableKinds = new Set(["arxiv", "arxiv_version", ...shortKinds.map(([kind]) => kind)]);
const arxivDoiPrefix = "10.48550/arxiv.";

/**
 * Whether an alias could count as somebody's word (PROTOCOL 6.3): one that a document accepted above `hash` brings in
 * vain, with the warning `ALIAS_UNPROVED`. The alias alone decides this.
 */
export function isSomebodysWord(value: JsonValue): boolean {
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
 * The aliases that follow from a record (PROTOCOL 6.3), by kind and sorted by it: the arXiv id with and without version,
 * and arXiv's own DOI for it; the first characters of the suffix. Without a record only the last.
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
 * The `source_aliases` of a state, sorted. `brought` holds the aliases of the documents accepted at `hash`, in any
 * order and with repeats. `isInconsistent` tells whether some were dropped: `ALIAS_INCONSISTENT`.
 */
export function mergeAliases(
  brought: Iterable<JsonValue>,
  pithNumber: PithNumber,
  known: AliasRecord | null,
): { aliases: StateAlias[]; isInconsistent: boolean } {
  const following = recordAliases(pithNumber, known?.record ?? null);
  const earliest = new Map<string, StateAlias>();
  let isInconsistent = false;
  let anyFollows = false;
  for (const value of brought) {
    const alias = parseAlias(value);
    const followsFromRecord = alias !== null && following.get(alias.kind) === alias.value;
    if (alias === null || (derivableKinds.has(alias.kind) && !followsFromRecord)) {
      isInconsistent = true;
      continue;
    }
    anyFollows ||= followsFromRecord;
    // The length tells kind and value apart.
    const key = `${alias.kind.length} ${alias.kind}${alias.value}`;
    const other = earliest.get(key);
    if (other === undefined || isEarlier(alias, other)) {
      earliest.set(key, { ...alias, followsFromRecord, isDerived: false });
    }
  }
  const aliases = [...earliest.values()];
  const provedAt = known?.provedAt ?? null;
  // A list that a trusted source brought stays what it is, even where it lacks some.
  if (provedAt !== null && !anyFollows) {
    const instant = parseInstant(provedAt) as Instant;
    for (const [kind, value] of following) {
      aliases.push({ kind, value, createdAt: provedAt, instant, followsFromRecord: true, isDerived: true });
    }
  }
  // Those of a record alone are sorted, and most papers have no others.
  if (earliest.size > 0)
    aliases.sort((a, b) => compareCodePoints(a.kind, b.kind) || compareCodePoints(a.value, b.value));
  return { aliases, isInconsistent };
}

/** Of equal aliases the earliest instant counts, of equal instants the smaller text. */
export function isEarlier(a: Alias, b: Alias): boolean {
  return a.instant === b.instant ? a.createdAt < b.createdAt : a.instant < b.instant;
}
