import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  currentSnapshot,
  type EventId,
  type JsonObject,
  type MergedEvent,
  type MergedState,
  mergeDocuments,
  type Proof,
  parseDocument,
  parseJson,
  proofRank,
} from "../../src/protocol/index.ts";
import { arbitraryHistory, type History, regrouped } from "./arbitrary-history.ts";
import { referenceMerge } from "./reference-merge.ts";
import { bundleText, keyring, pithNumber } from "./signed-events.ts";

function merge(texts: string[], minimumProof: Proof) {
  const merged = mergeDocuments(texts, keyring, minimumProof);
  return { ...merged, state: merged.states.get(pithNumber) as MergedState };
}

function mergeHistory({ copies, aliases, minimumProof }: History) {
  return merge([bundleText([...copies], [...aliases])], minimumProof);
}

/** The longest runs give the most tangled sets; the number of them is what the test's time goes by. */
const runs = { numRuns: 100 };

describe("random histories", () => {
  test("are tangled enough to say something", () => {
    const seen = new Map<string, number>();
    const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
    for (const history of fc.sample(arbitraryHistory, { numRuns: 300, seed: 1 })) {
      const { state, refused, warnings } = mergeHistory(history);
      if (state.equivocations.length > 0) count("fork");
      if (state.equivocations.some(({ eventIds }) => eventIds.length > 2)) count("fork of three");
      for (const { event, status, reason, standing } of state.events.values()) {
        count(reason ?? status);
        if (standing !== event.proof) count("vouched for");
        if (status === "current" && event.prevEvent !== null) count("built on");
      }
      for (const [, reason] of refused) count(reason);
      for (const warning of warnings) count(warning);
    }
    const missing = [
      ...["fork", "fork of three", "vouched for", "built on", "superseded", "not_applied", "current"],
      ...["PREV_EVENT_UNRESOLVED", "SUPERSEDES_UNRESOLVED", "SUPERSEDES_FORBIDDEN", "CREATED_BEFORE_LINK"],
      ...["UNKNOWN_EVENT_TYPE", "EVENT_TYPE_NOT_ALLOWED", "RECORD_HASH_MISMATCH", "MALFORMED_PAYLOAD"],
      ...["UNKNOWN_SIGNER", "SIGNATURE_INVALID", "EVENT_ID_MISMATCH", "UNSIGNED"],
      ...["ALIAS_INCONSISTENT", "ALIAS_UNPROVED"],
    ].filter((what) => (seen.get(what) ?? 0) < 5);
    expect(missing).toEqual([]);
  });

  test("are merged as the slow reference has it", () => {
    fc.assert(
      fc.property(arbitraryHistory, (history) => {
        const { state } = mergeHistory(history);
        const expected = referenceMerge(history.accepted);
        const entries = [...state.events.values()];
        const valid = entries.filter(({ status }) => status !== "invalid");
        expect(
          Object.fromEntries(
            entries.flatMap(({ event, reason }) => (reason === null ? [] : [[event.id, reason]])),
          ),
        ).toEqual(expected.invalid);
        expect(state.applied).toEqual(expected.applied);
        expect(state.validCount).toBe(expected.valid.length);
        expect(state.equivocations.map(({ eventIds }) => eventIds)).toEqual(expected.equivocations);
        expect(
          entries
            .filter(({ status }) => status === "current")
            .map(({ event }) => event.id)
            .sort(),
        ).toEqual([...expected.current].sort());
        for (const { event, standing } of valid)
          expect(proofRank(standing)).toBe(expected.standing[event.id]);
        expect(Object.fromEntries(entries.map(({ event }) => [event.id, proofRank(event.proof)]))).toEqual(
          Object.fromEntries(history.accepted.map(({ id, proof }) => [id, proof])),
        );
      }),
      { numRuns: 600 },
    );
  });

  test("order, grouping into documents and repetition change nothing", () => {
    fc.assert(
      fc.property(arbitraryHistory, (history) => {
        const { copies, aliases, parts, seed, minimumProof } = history;
        const once = mergeHistory(history);
        const groups = regrouped(copies, parts, seed);
        const aliasGroups = regrouped(aliases, parts, seed + 1);
        const texts = groups.map((group, index) => bundleText(group, aliasGroups[index]));
        const again = merge(texts, minimumProof);
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

  test("merging what the state document rebuilds changes nothing", () => {
    fc.assert(
      fc.property(arbitraryHistory, (history) => {
        const { copies, aliases } = history;
        const bundle = bundleText([...copies], [...aliases]);
        const { state } = merge([bundle], "hash");
        // The state carries events that the set has already, and aliases that it kept.
        expect(merge([bundle, state.text], "hash").state.text).toBe(state.text);
      }),
      runs,
    );
  });

  test("a state document gives itself again where its events have no links and none is left out", () => {
    fc.assert(
      fc.property(arbitraryHistory, (history) => {
        const { state } = merge([bundleText([...history.copies], [...history.aliases])], "hash");
        const document = parseDocument(state.text);
        const current = [...state.events.values()].filter(({ status }) => status === "current");
        const rebuilt = current.filter(
          ({ event }) => event.prevEvent === null && event.supersedes.length === 0,
        );
        const alone = merge([state.text], "hash").state;
        // Several records may be current, of which a state carries one.
        const records = current.filter(({ event }) => event.type === "record_created").length;
        if (rebuilt.length === state.events.size && records <= 1) expect(alone.text).toBe(state.text);
        expect(document.copies.length).toBe(
          rebuilt.filter(
            ({ event }) => event.type !== "record_created" || event === state.recordCreated?.event,
          ).length,
        );
        expect(merge([state.text, state.text], "hash").state.text).toBe(alone.text);
      }),
      runs,
    );
  });

  test("refused copies leave no trace", () => {
    fc.assert(
      fc.property(arbitraryHistory, ({ copies, accepted, minimumProof }) => {
        const ids = new Set(accepted.map(({ id }) => id));
        const kept = copies.filter((copy) => ids.has(copy["event_id"] as string));
        expect(merge([bundleText(kept)], minimumProof).state.text).toBe(
          merge([bundleText([...copies])], minimumProof).state.text,
        );
      }),
      runs,
    );
  });

  test("what is proved less neither displaces nor accuses what is proved more", () => {
    fc.assert(
      fc.property(arbitraryHistory, ({ copies }) => {
        const texts = [bundleText([...copies])];
        const { state } = merge(texts, "hash");
        const standing = (id: string) => proofRank(state.events.get(id as EventId)?.standing ?? "hash");
        for (const { eventIds } of state.equivocations) {
          expect(new Set(eventIds.map(standing)).size).toBe(1);
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

  test("one holder a place, and what is applied stands on what is applied before it", () => {
    fc.assert(
      fc.property(arbitraryHistory, (history) => {
        const { state } = mergeHistory(history);
        const before = new Set<string>();
        const holders = new Map<string, string>();
        for (const id of state.applied) {
          const { event } = state.events.get(id) as MergedEvent;
          if (event.prevEvent !== null) expect(before).toContain(event.prevEvent);
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
        expect(document["event_count"]).toBe(history.accepted.length);
        expect(document["valid_event_count"]).toBe(state.validCount);
        expect(document["invalid_event_count"]).toBe(history.accepted.length - state.validCount);
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
