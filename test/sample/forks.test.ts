import { expect, test } from "vitest";
import { currentSnapshot, type MergedState, mergeDocuments } from "../../src/protocol/index.ts";
import { readLines, sampleKeyring } from "./committed-sample.ts";

const [fork = "", doubtful = ""] = readLines("forks.ndjson");

function stateOf(states: ReadonlyMap<string, MergedState>): MergedState {
  const [state] = states.values();
  if (state === undefined) throw new Error("The bundle gave no state.");
  return state;
}

/** What became of each event, by the time that it says it was made. */
function fates(state: MergedState) {
  return [...state.events.values()]
    .map(
      ({ event, status, reason }) => [event.createdAt.slice(0, 10), status, reason ?? event.proof] as const,
    )
    .sort();
}

/** @threat T11 */
test("a fork: superseded, current, and a rival that is not applied", () => {
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

test("at `signed` the unsigned events are refused, and the invalid ones are listed", () => {
  const { states, refused, warnings } = mergeDocuments([doubtful], sampleKeyring, "signed");
  expect(warnings).toEqual([]);
  expect(refused.map(([, reason]) => reason)).toEqual(["UNSIGNED", "UNSIGNED"]);
  const state = stateOf(states);
  expect(fates(state)).toEqual([
    ["2026-01-01", "current", "signed"],
    ["2026-01-02", "current", "signed"],
    ...invalid,
  ]);
  // One of the refused is a copy of an event that another copy proves.
  expect(refused.filter(([id]) => [...state.events.keys()].some((known) => known === id)).length).toBe(1);
});

test("at `hash` the unsigned snapshot is let in, and does not displace the signed one", () => {
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

test("the synthetic papers say that they are", () => {
  for (const line of [fork, doubtful]) {
    const state = stateOf(mergeDocuments([line], sampleKeyring, "signed").states);
    expect(state.canonicalRecord?.["source"]).toMatchObject({ kind: "sample" });
    const snapshot = currentSnapshot(state)?.event.payload["graph_snapshot"];
    expect(snapshot).toMatchObject({ paper: { title: expect.stringMatching(/^Sample: /) } });
  }
});
