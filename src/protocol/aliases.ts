import { compareCodePoints } from "./canonical-json.ts";
import { type PithNumber, shortLengths, suffixOf } from "./identifiers.ts";
import { type Instant, parseInstant } from "./instant.ts";
import { isJsonInteger, isJsonObject, type JsonValue } from "./json.ts";

/** An alias as a document brought it: aliases are unsigned, and judged when the record is known. */
export type AliasMention = {
  readonly value: JsonValue;
  /** Whether its document was let in at `hash`, where somebody's word suffices. */
  readonly letInAtHash: boolean;
};

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
};

export type AliasWarning = "ALIAS_INCONSISTENT" | "ALIAS_UNPROVED";

/** Reads an alias; null where it is not exactly `{alias_kind, alias_value, created_at}`. */
export function parseAlias(value: JsonValue): Alias | null {
  if (!isJsonObject(value) || Object.keys(value).length !== 3) return null;
  const { alias_kind: kind, alias_value: text, created_at: createdAt } = value;
  if (typeof kind !== "string" || typeof text !== "string" || typeof createdAt !== "string") return null;
  const instant = parseInstant(createdAt);
  return instant === null ? null : { kind, value: text, createdAt, instant };
}

/** Whether an alias that follows from no record says what the record says, or is just somebody's word. */
type Standing = "follows" | "inconsistent" | "word";

/**
 * What follows from a record (PROTOCOL 6.3): its suffix cut short, its arXiv id with and without version,
 * and arXiv's own DOI for it.
 */
function recordAliases(pithNumber: PithNumber, record: JsonValue | null): (alias: Alias) => Standing {
  const suffix = suffixOf(pithNumber);
  const source = isJsonObject(record) ? record["source"] : undefined;
  const isArxiv = isJsonObject(source) && source["kind"] === "arxiv" && typeof source["id"] === "string";
  const id = isArxiv ? (source["id"] as string) : null;
  const version = isArxiv && isJsonInteger(source["version"]) ? `${id}v${source["version"]}` : null;
  const doi = id === null ? null : asciiLowerCase(`10.48550/arxiv.${id}`);
  const says = (expected: boolean): Standing => (expected ? "follows" : "inconsistent");
  return ({ kind, value }) => {
    if (kind === "arxiv") return says(value === id);
    if (kind === "arxiv_version") return says(value === version);
    if (kind === "doi") return doi !== null && asciiLowerCase(value) === doi ? "follows" : "word";
    const length = shortKinds.get(kind);
    return length === undefined ? "word" : says(value === suffix.slice(0, length));
  };
}

const shortKinds = new Map<string, number>(shortLengths.map((length) => [`pith_short_${length}`, length]));

function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** The `source_aliases` of a state, sorted, and what was dropped on the way. */
export function mergeAliases(
  mentions: Iterable<AliasMention>,
  pithNumber: PithNumber,
  record: JsonValue | null,
): { aliases: StateAlias[]; warnings: Set<AliasWarning> } {
  const standingOf = recordAliases(pithNumber, record);
  const warnings = new Set<AliasWarning>();
  const earliest = new Map<string, StateAlias>();
  for (const { value, letInAtHash } of mentions) {
    const alias = parseAlias(value);
    const standing = alias === null ? "inconsistent" : standingOf(alias);
    if (alias === null || standing === "inconsistent") {
      warnings.add("ALIAS_INCONSISTENT");
    } else if (standing === "word" && !letInAtHash) {
      warnings.add("ALIAS_UNPROVED");
    } else {
      // The length tells kind and value apart.
      const key = `${alias.kind.length} ${alias.kind}${alias.value}`;
      const other = earliest.get(key);
      if (other === undefined || isEarlier(alias, other)) {
        const { kind, value: text, createdAt, instant } = alias;
        earliest.set(key, {
          kind,
          value: text,
          createdAt,
          instant,
          followsFromRecord: standing === "follows",
        });
      }
    }
  }
  const aliases = [...earliest.values()];
  aliases.sort((a, b) => compareCodePoints(a.kind, b.kind) || compareCodePoints(a.value, b.value));
  return { aliases, warnings };
}

/** Of equal aliases the earliest instant counts, of equal instants the smaller text. */
export function isEarlier(a: Alias, b: Alias): boolean {
  return a.instant === b.instant ? a.createdAt < b.createdAt : a.instant < b.instant;
}
