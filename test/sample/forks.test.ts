import { expect, test } from "vitest";
import { currentSnapshot, type MergedState, mergeDocuments } from "../../src/protocol/index.ts";
import { readLines, sampleKeyring } from "./committed-sample.ts";

const [fork = "", doubtful = ""] = readLines("forks.ndjson");

function stateOf(states: ReadonlyMap<string, MergedState>): MergedState {
  const [state] = states.values();
  if (state === undefined) throw new Error("The bundle gave no state.");
  return state;
}

/** The status of each event, by its stated time. */
function fates(state: MergedState) {
  return [...state.events.values()]
    .map(
      ({ event, status, reason }) => [event.createdAt.slice(0, 10), status, reason ?? event.proof] as const,
    )
    .sort();
}

/** @threat T11 */
test("a fork has a superseded, a current, and a not applied snapshot, and one equivocation", () => {
  const { states, refused, warnings } = mergeDocuments([fork], sampleKeyring, "signed");
  expect({ refused, warnings }).toEqual({ refused: [], warnings: [] });
  const state = stateOf(states);
  expect(fates(state)).toEqual([
    ["2026-01-01", "current", "signed"],
    ["2026-01-02", "superseded", "signed"],
    ["2026-01-03", "current", "signed"],
    ["2026-01-04", "not_applied", "signed"],
  ]);
  expect(state.equivocations.length).toBe(1);
});

const invalid = [
  ["2026-01-04", "invalid", "SNAPSHOT_HASH_MISMATCH"],
  ["2026-01-05", "invalid", "PREV_EVENT_UNRESOLVED"],
  ["2026-01-06", "invalid", "EVENT_TYPE_NOT_ALLOWED"],
];

test("the minimum proof `signed` rejects unsigned events, and lists the invalid ones", () => {
  const { states, refused, warnings } = mergeDocuments([doubtful], sampleKeyring, "signed");
  expect(warnings).toEqual([]);
  expect(refused.map(([, reason]) => reason)).toEqual(["UNSIGNED", "UNSIGNED"]);
  const state = stateOf(states);
  expect(fates(state)).toEqual([
    ["2026-01-01", "current", "signed"],
    ["2026-01-02", "current", "signed"],
    ...invalid,
  ]);
  // One rejected copy is of an event that another copy proves.
  expect(refused.filter(([id]) => [...state.events.keys()].some((known) => known === id)).length).toBe(1);
});

test("the minimum proof `hash` accepts the unsigned snapshot, which does not displace the signed one", () => {
  const { states, refused } = mergeDocuments([doubtful], sampleKeyring, "hash");
  expect(refused).toEqual([]);
  const state = stateOf(states);
  expect(fates(state)).toEqual([
    ["2026-01-01", "current", "signed"],
    ["2026-01-02", "current", "signed"],
    ["2026-01-03", "current", "hash"],
    ...invalid,
  ]);
  expect(currentSnapshot(state)?.event.createdAt).toBe("2026-01-02T00:00:00Z");
});

test("synthetic papers have the source kind `sample` and a title that begins with Sample:", () => {
  for (const line of [fork, doubtful]) {
    const state = stateOf(mergeDocuments([line], sampleKeyring, "signed").states);
    expect(state.canonicalRecord?.["source"]).toMatchObject({ kind: "sample" });
    const snapshot = currentSnapshot(state)?.event.payload["graph_snapshot"];
    expect(snapshot).toMatchObject({ paper: { title: expect.stringMatching(/^Sample: /) } });
  }
});
