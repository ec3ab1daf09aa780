import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bundleText,
  canonicalJson,
  currentSnapshot,
  type DocumentVerification,
  type EventId,
  faultReasons,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  linkReasons,
  type MergedEvent,
  type MergedState,
  mergeVerified,
  parseDocument,
  parseJson,
  proofRank,
  rejectionReasons,
  verifyDocument,
  warningsOf,
} from "../../src/protocol/index.ts";
import { isLong } from "../long.ts";
import { arbitraryHistory, type History, regrouped } from "./arbitrary-history.ts";
import { type ReferenceMerge, referenceMerge } from "./reference-merge.ts";
import { keyring, keys, shuffled } from "./signed-events.ts";

type Input = History["documents"][number];

/** Judges and merges documents of one paper, as texts, each with the minimum proof of its source. */
function merge(documents: readonly Input[]) {
  const judged = documents.map(({ document, minimumProof }) =>
    verifyDocument(parseDocument(canonicalJson(document)), keyring, minimumProof),
  );
  const state = mergeVerified((judged[0] as DocumentVerification).pithNumber, judged);
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
  if (typeof merged === "string") throw new Error(`The reference rejects a document: ${merged}`);
  return merged;
}

const runs = { numRuns: 40 };

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
        count(isDerived ? "alias derived" : followsFromRecord ? "alias of the record" : "other alias");
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
      ...["superseded", "not_applied", "current", "alias derived", "alias of the record", "other alias"],
      ...faultReasons,
      ...linkReasons,
      ...rejectionReasons,
      ...["ALIAS_INCONSISTENT", "ALIAS_UNPROVED", "EVENT_ID_UNVERIFIABLE"],
    ].filter((what) => (seen.get(what) ?? 0) < 5);
    expect(missing).toEqual([]);
  });

  test("merge to the same state as in the slow reference implementation", () => {
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
      { numRuns: isLong ? 20_000 : 60 },
    );
  });

  /** @threat T15 */
  test("merge to the same state in any order, grouping into documents and repetition", () => {
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

  test("merge to the same state with documents in another order and repeated", () => {
    fc.assert(
      fc.property(arbitraryHistory, ({ documents, seed }) => {
        const again = merge(shuffled([...documents, ...documents], seed));
        expect(again.state.text).toBe(merge(documents).state.text);
      }),
      runs,
    );
  });

  test("merge to a state whose bundle merges to the same state", () => {
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

  test("merge to the same state when the state's own document is added", () => {
    fc.assert(
      fc.property(arbitraryHistory, ({ copies, aliases, bundle }) => {
        const all: Input = { document: bundle(copies, aliases), minimumProof: "hash" };
        const { state } = merge([all]);
        // The state carries only events and aliases that the merge already has.
        const document = parseJson(state.text) as JsonObject;
        expect(merge([all, { document, minimumProof: "hash" }]).state.text).toBe(state.text);
      }),
      runs,
    );
  });

  test("merge to a state that reproduces itself if it carries all its events and none has links", () => {
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
        // A state carries only one of several current records.
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

  test("merge to the same state without the rejected copies", () => {
    fc.assert(
      fc.property(arbitraryHistory, (history) => {
        const { copies, bundle, minimumProof } = history;
        const { state } = mergeHistory({ ...history, aliases: [] });
        const kept = copies.filter(
          (copy) => isJsonObject(copy) && state.events.has(copy["event_id"] as EventId),
        );
        const withoutRejected =
          kept.length === copies.length ? state : merge([{ document: bundle(kept), minimumProof }]).state;
        // A copy without an event_id is accepted, but not found by its id above.
        const isNamed = copies.every((copy) => !isJsonObject(copy) || "event_id" in copy);
        if (isNamed) expect(withoutRejected.text).toBe(state.text);
      }),
      runs,
    );
  });

  /** @threat T12 */
  test("report equivocations of signed events only, and never let a less proved event supersede a better proved one", () => {
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
  test("merge at minimum proof signed to the same state without the unsigned events", () => {
    fc.assert(
      fc.property(arbitraryHistory, ({ copies, aliases, bundle }) => {
        const isSigned = (copy: JsonValue) => isJsonObject(copy) && isJsonObject(copy["signature"] ?? null);
        const signed = copies.filter(isSigned);
        // Anyone can write unsigned events.
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
  test("hold each place by one event at a time, and apply a signer's event only after the one it follows", () => {
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

  test("merge to a state whose text has its counts and its digest", () => {
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
