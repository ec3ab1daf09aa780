import {
  isJsonInteger,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type KeyringEntry,
} from "../../src/protocol/index.ts";
import { type Judged, judge, listOf, microseconds, readReference, sha, types } from "./reference-judge.ts";

/**
 * An independent implementation of sections 5.9 and 6 of PROTOCOL.md, written from the text alone and for clarity, not
 * speed: by recursion and scans of all events, with memoized answers.
 */
export type ReferenceMerge = {
  readonly state: JsonObject;
  readonly warnings: readonly string[];
  /** The own proof of each valid event: 0 is hash, 1 receipt, 2 signed. */
  readonly proof: Record<string, number>;
  readonly standing: Record<string, number>;
  readonly refused: readonly (readonly string[])[];
};

export type ReferenceInput = { readonly document: JsonValue; readonly minimum: number };

/** Merges documents of one paper; a string is the error code of a rejected document. */
export function referenceMerge(
  inputs: readonly ReferenceInput[],
  keys: readonly KeyringEntry[],
): ReferenceMerge | string {
  const refused = new Map<string, readonly string[]>();
  const warnings = new Set<string>();
  const accepted: Judged[] = [];
  const givenAliases: JsonValue[] = [];
  let number = "";
  for (const { document, minimum } of inputs) {
    const read = readReference(document);
    if (typeof read === "string") return read;
    number = read.number;
    if (read.isIncomplete) warnings.add("EVENT_ID_UNVERIFIABLE");
    for (const copy of read.copies) {
      const judged = judge(copy, read.number, keys, minimum);
      if ("id" in judged) accepted.push(judged);
      else refused.set(judged.join(" "), judged);
    }
    if (minimum === 0) givenAliases.push(...read.aliases);
    else if (read.aliases.some(isUnproved)) warnings.add("ALIAS_UNPROVED");
  }
  // The copy with the highest proof.
  const events = accepted.filter(
    (event, index) =>
      !accepted.some(
        (other, at) =>
          other.id === event.id && (other.proof > event.proof || (other.proof === event.proof && at < index)),
      ),
  );
  const merged = mergeSet(number, events, givenAliases);
  if (merged.isInconsistent) warnings.add("ALIAS_INCONSISTENT");
  return {
    state: merged.state,
    warnings: [...warnings].sort(),
    proof: merged.proof,
    standing: merged.standing,
    refused: [...refused].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pair]) => pair),
  };
}

type Signer = Record<"key_id" | "public_key_fingerprint" | "signer_id" | "signer_type", string>;

function mergeSet(number: string, events: readonly Judged[], givenAliases: readonly JsonValue[]) {
  const find = (id: JsonValue | undefined) => events.find((event) => event.id === id);
  const found = (id: JsonValue | undefined) => find(id) as Judged;
  const prevOf = ({ body }: Judged) => body["prev_event"] as string | null;
  const supersededBy = ({ body }: Judged) => body["supersedes"] as string[];
  const linksOf = (event: Judged) => {
    const prev = prevOf(event);
    return prev === null ? supersededBy(event) : [prev, ...supersededBy(event)];
  };
  const signerOf = ({ body }: Judged) => body["signer"] as Signer;
  const typeOf = ({ body }: Judged) => body["event_type"] as string;
  const instantOf = ({ body }: Judged) => microseconds(body["created_at"]) as bigint;

  // "signed if it is signed itself, or if it can be reached from a signed event by following links"
  const isSigned: (event: Judged) => boolean = memoized(
    (event) =>
      event.proof === 2 ||
      events.some(
        (other) =>
          other.fault === null &&
          linksOf(other).includes(event.id) &&
          Object.entries(signerOf(event)).every(
            ([name, value]) => signerOf(other)[name as keyof Signer] === value,
          ) &&
          isSigned(other),
      ),
  );
  const standingOf = (event: Judged) => (event.fault === null && isSigned(event) ? 2 : event.proof);

  const reasonOf: (event: Judged) => string | null = memoized((event): string | null => {
    if (event.fault !== null) return event.fault;
    const resolves = (id: string) => find(id) !== undefined && reasonOf(found(id)) === null;
    const prev = prevOf(event);
    if (prev !== null && !resolves(prev)) return "PREV_EVENT_UNRESOLVED";
    if (!supersededBy(event).every(resolves)) return "SUPERSEDES_UNRESOLVED";
    const isForbidden = (other: Judged) =>
      signerOf(other).signer_id !== signerOf(event).signer_id ||
      typeOf(other) !== typeOf(event) ||
      other.body["target"] !== event.body["target"] ||
      standingOf(other) > standingOf(event);
    if (supersededBy(event).map(found).some(isForbidden)) return "SUPERSEDES_FORBIDDEN";
    const isEarly = linksOf(event).some((id) => instantOf(event) < instantOf(found(id)));
    return isEarly ? "CREATED_BEFORE_LINK" : null;
  });

  const depthOf: (event: Judged) => number = memoized((event): number =>
    linksOf(event).reduce((depth, id) => Math.max(depth, 1 + depthOf(found(id))), 0),
  );

  const valid = events.filter((event) => reasonOf(event) === null);
  valid.sort(
    (a, b) =>
      Number(instantOf(a) - instantOf(b)) ||
      depthOf(a) - depthOf(b) ||
      types.indexOf(typeOf(a)) - types.indexOf(typeOf(b)) ||
      (a.id < b.id ? -1 : 1),
  );

  // 6.2, the fold.
  const placeOf = (event: Judged) =>
    prevOf(event) === null && typeOf(event) !== "record_created"
      ? null
      : JSON.stringify([
          signerOf(event).public_key_fingerprint,
          typeOf(event),
          event.body["target"] as string,
          prevOf(event),
        ]);
  const applied: Judged[] = [];
  const refusals: { place: string; holder: Judged; event: Judged }[] = [];
  for (const event of valid) {
    const place = placeOf(event);
    const rivals = place === null ? [] : valid.filter((other) => placeOf(other) === place);
    if (rivals.some((other) => standingOf(other) > standingOf(event))) continue;
    const prev = prevOf(event) === null ? undefined : found(prevOf(event));
    if (prev !== undefined && !applied.includes(prev)) {
      const isOwn = signerOf(prev).public_key_fingerprint === signerOf(event).public_key_fingerprint;
      if (isOwn && standingOf(event) <= standingOf(prev)) continue;
    }
    // The event applied last in a place holds it.
    const holder = place === null ? undefined : applied.findLast((other) => placeOf(other) === place);
    if (place !== null && holder !== undefined && !supersededBy(event).includes(holder.id)) {
      refusals.push({ place, holder, event });
    } else applied.push(event);
  }
  const forks = refusals
    .filter(({ place, event }, index) => {
      const isFirst = refusals.findIndex((other) => other.place === place) === index;
      return isFirst && standingOf(event) === 2;
    })
    .map(({ place, holder, event }) => ({
      event_ids: [
        holder.id,
        ...refusals.filter((other) => other.place === place).map((refusal) => refusal.event.id),
      ],
      event_type: typeOf(event),
      prev_event: prevOf(event),
      public_key_fingerprint: signerOf(event).public_key_fingerprint,
      target: event.body["target"] as string,
    }));
  forks.sort(({ event_ids: [a = ""] }, { event_ids: [b = ""] }) => (a < b ? -1 : 1));

  // 6.3
  const current = applied.filter((event) => !applied.some((other) => supersededBy(other).includes(event.id)));
  const entryOf = ({ id, body }: Judged): JsonObject => ({
    event_id: id,
    ...Object.fromEntries(
      ["target", "created_at", "signer", "payload"].map((name) => [name, body[name] as JsonValue]),
    ),
  });
  const records = current.filter((event) => typeOf(event) === "record_created");
  const highest = Math.max(...records.map(standingOf));
  const record = records.find((event) => standingOf(event) === highest);
  const canonicalRecord = (record?.body["payload"] as JsonObject | undefined)?.["canonical_record"] ?? null;
  const { aliases, isInconsistent } = mergeReferenceAliases(
    givenAliases,
    followingAliases(number, canonicalRecord),
    record !== undefined && highest >= 1 ? (record.body["created_at"] as string) : null,
  );
  const lists = types
    .slice(1)
    .map((type) => [listOf(type), current.filter((event) => typeOf(event) === type).map(entryOf)]);
  const invalid = events.filter((event) => reasonOf(event) !== null);
  const body: JsonObject = {
    state_type: "pith_open_graph_state",
    state_version: "1.0",
    merge_version: "pith-open-graph-merge-v1",
    pith_number: number,
    event_count: events.length,
    valid_event_count: valid.length,
    invalid_event_count: invalid.length,
    equivocation_count: forks.length,
    equivocations: forks,
    invalid_events: invalid
      .map((event): JsonObject => ({ event_id: event.id, reason: reasonOf(event) }))
      .sort((a, b) => ((a["event_id"] as string) < (b["event_id"] as string) ? -1 : 1)),
    applied_event_ids: applied.map(({ id }) => id),
    current: {
      ...Object.fromEntries(lists),
      record_created: record === undefined ? null : entryOf(record),
      canonical_record: canonicalRecord,
      source_aliases: aliases,
    },
  };
  return {
    state: { ...body, state_sha256: sha(body) } as JsonObject,
    isInconsistent,
    proof: Object.fromEntries(valid.map((event) => [event.id, event.proof])),
    standing: Object.fromEntries(valid.map((event) => [event.id, standingOf(event)])),
  };
}

const derivableKinds = ["arxiv", "arxiv_version", "pith_short_8", "pith_short_12", "pith_short_16"];

function isAlias(value: JsonValue): value is { alias_kind: string; alias_value: string; created_at: string } {
  return (
    isJsonObject(value) &&
    Object.keys(value).sort().join() === "alias_kind,alias_value,created_at" &&
    typeof value["alias_kind"] === "string" &&
    typeof value["alias_value"] === "string" &&
    microseconds(value["created_at"]) !== null
  );
}

/** Whether the warning ALIAS_UNPROVED applies. */
function isUnproved(value: JsonValue): boolean {
  if (!isAlias(value) || derivableKinds.includes(value.alias_kind)) return false;
  return value.alias_kind !== "doi" || !/^10\.48550\/[Aa][Rr][Xx][Ii][Vv]\./.test(value.alias_value);
}

function followingAliases(number: string, record: JsonValue): [kind: string, value: string][] {
  const following: [kind: string, value: string][] = [];
  for (const length of [8, 12, 16]) following.push([`pith_short_${length}`, number.slice(10, 10 + length)]);
  const source = isJsonObject(record) ? (record["source"] ?? null) : null;
  if (!isJsonObject(source) || source["kind"] !== "arxiv" || typeof source["id"] !== "string")
    return following;
  const id = source["id"];
  following.push(["arxiv", id]);
  if (isJsonInteger(source["version"])) following.push(["arxiv_version", `${id}v${source["version"]}`]);
  const lower = [...id].map((letter) => (/[A-Z]/.test(letter) ? letter.toLowerCase() : letter)).join("");
  following.push(["doi", `10.48550/arxiv.${lower}`]);
  return following;
}

function mergeReferenceAliases(
  givenAliases: readonly JsonValue[],
  following: readonly [kind: string, value: string][],
  provedAt: string | null,
) {
  const follows = (alias: { alias_kind: string; alias_value: string }) =>
    following.some(([kind, value]) => kind === alias.alias_kind && value === alias.alias_value);
  const kept = givenAliases
    .filter(isAlias)
    .filter((alias) => !derivableKinds.includes(alias.alias_kind) || follows(alias));
  const earliest = kept.filter(
    (alias, index) =>
      !kept.some((other, at) => {
        if (other.alias_kind !== alias.alias_kind || other.alias_value !== alias.alias_value) return false;
        const difference = Number(
          (microseconds(other.created_at) as bigint) - (microseconds(alias.created_at) as bigint),
        );
        if (difference !== 0) return difference < 0;
        return other.created_at === alias.created_at ? at < index : other.created_at < alias.created_at;
      }),
  );
  const derived =
    provedAt === null || kept.some(follows)
      ? []
      : following.map(([kind, value]) => ({ alias_kind: kind, alias_value: value, created_at: provedAt }));
  const codePoints = (text: string) =>
    [...text].map((character) => String(character.codePointAt(0)).padStart(8, "0")).join("");
  const key = (alias: { alias_kind: string; alias_value: string }) =>
    `${codePoints(alias.alias_kind)} ${codePoints(alias.alias_value)}`;
  const aliases = [...earliest, ...derived].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return { aliases, isInconsistent: kept.length < givenAliases.length };
}

/** Memoizes a recursive function: events are few, but paths through their links are many. */
function memoized<Answer>(ask: (event: Judged) => Answer): (event: Judged) => Answer {
  const answers = new Map<string, Answer>();
  return (event) => {
    if (!answers.has(event.id)) answers.set(event.id, ask(event));
    return answers.get(event.id) as Answer;
  };
}
