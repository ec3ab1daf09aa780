import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bundleText,
  canonicalJson,
  currentSnapshot,
  type EventId,
  faultReasons,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type JudgedDocument,
  judgeDocument,
  linkReasons,
  type MergedEvent,
  type MergedState,
  mergeJudged,
  parseDocument,
  parseJson,
  proofRank,
  refusalReasons,
  warningsOf,
} from "../../src/protocol/index.ts";
import { isLong } from "../long.ts";
import { arbitraryHistory, type History, regrouped } from "./arbitrary-history.ts";
import { type ReferenceMerge, referenceMerge } from "./reference-merge.ts";
import { keyring, keys, shuffled } from "./signed-events.ts";

type Input = History["documents"][number];

/** Judges and merges documents of one paper, as texts, each with the least proof of its source. */
function merge(documents: readonly Input[]) {
  const judged = documents.map(({ document, minimumProof }) =>
    judgeDocument(parseDocument(canonicalJson(document)), keyring, minimumProof),
  );
  const state = mergeJudged((judged[0] as JudgedDocument).pithNumber, judged);
  const refused = new Map(
    judged.flatMap((document) => document.refused.map(({ id, reason }) => [`${id} ${reason}`, [id, reason]])),
  );
  return {
    state,
    warnings: warningsOf(judged, [state]),
    refused: [...refused.keys()].sort().map((key) => refused.get(key)),
  };
}

function mergeHistory({ copies, aliases, bundle, minimumProof }: History) {
  return merge([{ document: bundle(copies, aliases), minimumProof }]);
}

const isState = ({ document }: Input) => "state_type" in document;

function reference(documents: readonly Input[]): ReferenceMerge {
  const merged = referenceMerge(
    documents.map(({ document, minimumProof }) => ({ document, minimum: proofRank(minimumProof) })),
    keys,
  );
  if (typeof merged === "string") throw new Error(`The reference refuses a document: ${merged}`);
  return merged;
}

/** The longest runs give the most tangled sets; the number of them is what the test's time goes by. */
const runs = { numRuns: 100 };

describe("random histories", () => {
  test("cover every rule", () => {
    const seen = new Map<string, number>();
    const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
    for (const { documents } of fc.sample(arbitraryHistory, { numRuns: 400, seed: 1 })) {
      const { state, refused, warnings } = merge(documents);
      if (documents.some(isState)) count("state");
      if (new Set(documents.map(({ minimumProof }) => minimumProof)).size > 1)
        count("sources of several kinds");
      if (state.equivocations.length > 0) count("fork");
      if (state.equivocations.some(({ eventIds }) => eventIds.length > 2)) count("fork of three");
      for (const { event, status, reason, standing } of state.events.values()) {
        count(reason ?? status);
        if (reason === null) count(`${event.proof} standing ${standing}`);
        const previous = event.prevEvent === null ? undefined : state.events.get(event.prevEvent);
        if (reason !== null || previous === undefined) continue;
        count(
          `${status} on ${previous.status === "not_applied" ? "what is not applied" : "what is applied"}`,
        );
        if (event.signer.key_id !== previous.event.signer.key_id) count(`${status} on another signer's`);
      }
      for (const pair of refused) count(pair?.[1] as string);
      for (const warning of warnings) count(warning);
      for (const { isDerived, followsFromRecord } of state.aliases) {
        count(isDerived ? "alias derived" : followsFromRecord ? "alias brought" : "alias of somebody");
      }
    }
    const missing = [
      ...["state", "sources of several kinds", "fork", "fork of three"],
      ...["hash standing signed", "receipt standing signed", "receipt standing receipt"],
      ...[
        "current on what is not applied",
        "not_applied on what is not applied",
        "current on another signer's",
      ],
      ...["superseded", "not_applied", "current", "alias derived", "alias brought", "alias of somebody"],
      ...faultReasons,
      ...linkReasons,
      ...refusalReasons,
      ...["ALIAS_INCONSISTENT", "ALIAS_UNPROVED", "EVENT_ID_UNVERIFIABLE"],
    ].filter((what) => (seen.get(what) ?? 0) < 5);
    expect(missing).toEqual([]);
  });

  test("are merged as the slow reference merges them", () => {
    fc.assert(
      fc.property(arbitraryHistory, ({ documents }) => {
        const { state, warnings, refused } = merge(documents);
        const expected = reference(documents);
        expect(parseJson(state.text)).toEqual(expected.state);
        expect(state.text).toBe(canonicalJson(expected.state));
        expect(warnings).toEqual(expected.warnings);
        expect(refused).toEqual(expected.refused);
        const valid = [...state.events].filter(([, { status }]) => status !== "invalid");
        expect(Object.fromEntries(valid.map(([id, { event }]) => [id, proofRank(event.proof)]))).toEqual(
          expected.proof,
        );
        expect(Object.fromEntries(valid.map(([id, { standing }]) => [id, proofRank(standing)]))).toEqual(
          expected.standing,
        );
      }),
      { numRuns: isLong ? 20_000 : 150 },
    );
  });

  /** @threat T15 */
  test("order, grouping into documents and repetition change nothing", () => {
    fc.assert(
      fc.property(arbitraryHistory, (history) => {
        const { copies, aliases, bundle, parts, seed, minimumProof } = history;
        const once = mergeHistory(history);
        const groups = regrouped(copies, parts, seed);
        const aliasGroups = regrouped(aliases, parts, seed + 1);
        const again = merge(
          groups.map((group, index) => ({ document: bundle(group, aliasGroups[index]), minimumProof })),
        );
        expect(again.state.text).toBe(once.state.text);
        expect(again.refused).toEqual(once.refused);
        expect(again.warnings).toEqual(once.warnings);
        const proofs = ({ state }: { state: MergedState }) =>
          [...state.events.values()].map(({ event, standing }) => [event.id, event.proof, standing]).sort();
        expect(proofs(again)).toEqual(proofs(once));
      }),
      runs,
    );
  });

  test("documents in another order, and each of them twice, change nothing", () => {
    fc.assert(
      fc.property(arbitraryHistory, ({ documents, seed }) => {
        const again = merge(shuffled([...documents, ...documents], seed));
        expect(again.state.text).toBe(merge(documents).state.text);
      }),
      runs,
    );
  });

  test("a bundle made from a state merges to the same state", () => {
    fc.assert(
      fc.property(arbitraryHistory, ({ documents, bundle }) => {
        const { state } = merge(documents);
        const document = parseJson(
          bundleText(state, bundle([])["canonical_record"] as JsonObject),
        ) as JsonObject;
        expect(merge([{ document, minimumProof: "hash" }]).state.text).toBe(state.text);
      }),
      runs,
    );
  });

  test("merging what the state document rebuilds changes nothing", () => {
    fc.assert(
      fc.property(arbitraryHistory, ({ copies, aliases, bundle }) => {
        const whole: Input = { document: bundle(copies, aliases), minimumProof: "hash" };
        const { state } = merge([whole]);
        // The state carries events that the set has already, and aliases that it kept or derived.
        const document = parseJson(state.text) as JsonObject;
        expect(merge([whole, { document, minimumProof: "hash" }]).state.text).toBe(state.text);
      }),
      runs,
    );
  });

  test("a state document gives itself again where its events have no links and none is left out", () => {
    fc.assert(
      fc.property(arbitraryHistory, (history) => {
        const { state } = mergeHistory({ ...history, minimumProof: "hash" });
        const document = parseDocument(state.text);
        const current = [...state.events.values()].filter(({ status }) => status === "current");
        const rebuilt = current.filter(
          ({ event }) => event.prevEvent === null && event.supersedes.length === 0,
        );
        const itself: Input = { document: parseJson(state.text) as JsonObject, minimumProof: "hash" };
        const alone = merge([itself]).state;
        // Several records may be current, of which a state carries one.
        const records = current.filter(({ event }) => event.type === "record_created").length;
        if (rebuilt.length === state.events.size && records <= 1) expect(alone.text).toBe(state.text);
        expect(document.copies.length).toBe(
          rebuilt.filter(
            ({ event }) => event.type !== "record_created" || event === state.recordCreated?.event,
          ).length,
        );
        expect(merge([itself, itself]).state.text).toBe(alone.text);
      }),
      runs,
    );
  });

  test("refused copies leave no trace", () => {
    fc.assert(
      fc.property(arbitraryHistory, (history) => {
        const { copies, bundle, minimumProof } = history;
        const { state } = mergeHistory({ ...history, aliases: [] });
        const kept = copies.filter(
          (copy) => isJsonObject(copy) && state.events.has(copy["event_id"] as EventId),
        );
        const whole =
          kept.length === copies.length ? state : merge([{ document: bundle(kept), minimumProof }]).state;
        // A copy without an event_id is accepted all the same, and not among those kept.
        const isNamed = copies.every((copy) => !isJsonObject(copy) || "event_id" in copy);
        if (isNamed) expect(whole.text).toBe(state.text);
      }),
      runs,
    );
  });

  /** @threat T12 */
  test("only what is signed is accused, and what is proved less does not displace what is proved more", () => {
    fc.assert(
      fc.property(arbitraryHistory, (history) => {
        const { state } = mergeHistory({ ...history, minimumProof: "hash" });
        const standing = (id: string) => proofRank(state.events.get(id as EventId)?.standing ?? "hash");
        for (const { eventIds } of state.equivocations) {
          expect(new Set(eventIds.map(standing))).toEqual(new Set([2]));
        }
        for (const id of state.applied) {
          for (const superseded of state.events.get(id)?.event.supersedes ?? []) {
            expect(standing(superseded)).toBeLessThanOrEqual(standing(id));
          }
        }
      }),
      runs,
    );
  });

  /** @threat T4 */
  test("strangers change nothing of what is signed", () => {
    fc.assert(
      fc.property(arbitraryHistory, ({ copies, aliases, bundle }) => {
        const isSigned = (copy: JsonValue) => isJsonObject(copy) && isJsonObject(copy["signature"] ?? null);
        const signed = copies.filter(isSigned);
        // What anyone can write: everything unsigned, accepted beside the signed events as far as a door lets it.
        const input = (some: readonly JsonValue[]): Input => ({
          document: bundle(some, aliases),
          minimumProof: "signed",
        });
        expect(merge([input(copies)]).state.text).toBe(merge([input(signed)]).state.text);
      }),
      runs,
    );
  });

  /** @threat T11 */
  test("one holder a place, and what a signer builds stands on what is applied before it", () => {
    fc.assert(
      fc.property(arbitraryHistory, (history) => {
        const { state } = mergeHistory(history);
        const before = new Set<string>();
        const holders = new Map<string, string>();
        for (const id of state.applied) {
          const { event, standing } = state.events.get(id) as MergedEvent;
          const previous = event.prevEvent === null ? undefined : state.events.get(event.prevEvent);
          const fallsWithIt =
            previous?.event.signer.public_key_fingerprint === event.signer.public_key_fingerprint &&
            proofRank(standing) <= proofRank(previous.standing);
          if (fallsWithIt) expect(before).toContain(event.prevEvent);
          for (const superseded of event.supersedes) expect(state.events.get(superseded)?.reason).toBeNull();
          if (event.prevEvent !== null || event.type === "record_created") {
            const place = JSON.stringify([event.signer, event.type, event.target, event.prevEvent]);
            const holder = holders.get(place);
            if (holder !== undefined) expect(event.supersedes).toContain(holder);
            holders.set(place, id);
          }
          before.add(id);
        }
        expect(state.applied.length).toBeLessThanOrEqual(state.validCount);
      }),
      runs,
    );
  });

  test("the counts are those of distinct events, and the state's text says what the state says", () => {
    fc.assert(
      fc.property(arbitraryHistory, (history) => {
        const { state } = mergeHistory(history);
        const document = parseJson(state.text) as JsonObject;
        expect(document["event_count"]).toBe(state.events.size);
        expect(document["valid_event_count"]).toBe(state.validCount);
        expect(document["invalid_event_count"]).toBe(state.events.size - state.validCount);
        expect(document["equivocation_count"]).toBe(state.equivocations.length);
        expect(document["state_sha256"]).toBe(state.sha256);
        // Reading it checks state_sha256.
        expect(parseDocument(state.text).published?.sha256).toBe(state.sha256);
        const snapshot = currentSnapshot(state);
        const others = state.current.get("graph_snapshot") ?? [];
        for (const other of others) {
          expect(proofRank(other.standing)).toBeLessThanOrEqual(proofRank(snapshot?.standing ?? "hash"));
        }
        expect(snapshot === null).toBe(others.length === 0);
      }),
      runs,
    );
  });
});
