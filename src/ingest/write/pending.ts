import { type CheckResult, mergeEvents, type PithNumber } from "../../protocol/index.ts";
import { paperIdOf } from "../../store/index.ts";
import { mentionOf } from "../../store/stored-aliases.ts";
import type { Arrival } from "../arrival.ts";
import { projectTarget } from "../project/target.ts";
import { Turns } from "../turns.ts";
import { type Addition, additionOf } from "./addition.ts";
import { refuseCollision } from "./collision.ts";
import { type Held, type HeldPapers, nothingHeld } from "./held.ts";
import { type Known, nothing, recordOf } from "./known-papers.ts";
import type { WrittenState } from "./log.ts";
import type { PaperTarget } from "./paper-change.ts";

/** The documents of one paper. */
export type Group = { readonly pithNumber: PithNumber; readonly arrivals: Arrival[] };

export function groupByPaper(arrivals: readonly Arrival[]): Map<bigint, Group> {
  const groups = new Map<bigint, Group>();
  for (const arrival of arrivals) {
    const { pithNumber } = arrival.document;
    const paperId = paperIdOf(pithNumber);
    const group = groups.get(paperId);
    if (group === undefined) groups.set(paperId, { pithNumber, arrivals: [arrival] });
    else if (group.pithNumber === pithNumber) group.arrivals.push(arrival);
    else refuseCollision(group.pithNumber, pithNumber);
  }
  // In the order of their keys the rows of a batch meet the pages of an index one after the other.
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A paper with what its documents add to it, merged and projected. */
export type Prepared = {
  readonly addition: Addition;
  readonly state: WrittenState;
  readonly target: PaperTarget;
};

/** The papers to which something is added; prepared already where nothing of them is held. */
export type Pending = ReadonlyMap<bigint, Group & { readonly prepared: Prepared | null }>;

/** What is held of a paper; refused where its key stands for another paper. */
export function heldOf(held: HeldPapers, paperId: bigint, pithNumber: PithNumber): Held {
  const known = held.get(paperId) ?? nothingHeld;
  if (known.pithNumber !== null && known.pithNumber !== pithNumber) {
    refuseCollision(known.pithNumber, pithNumber);
  }
  return known;
}

/** Merges and projects what needs no lock for it; leaves out papers to which nothing is added. */
export async function preparePending(groups: ReadonlyMap<bigint, Group>, held: HeldPapers): Promise<Pending> {
  const turns = new Turns();
  const pending = new Map<bigint, Group & { readonly prepared: Prepared | null }>();
  for (const [paperId, group] of groups) {
    if (turns.isOver) await turns.next();
    const known = heldOf(held, paperId, group.pithNumber);
    const addition = additionOf(group.arrivals, known);
    if (addition === null) continue;
    const prepared = known.pithNumber !== null ? null : prepare(group.pithNumber, addition, nothing);
    pending.set(paperId, { ...group, prepared });
  }
  return pending;
}

/** Merges what arrives with what the log holds, and projects the state into rows. Pure. */
export function prepare(
  pithNumber: PithNumber,
  addition: Addition,
  { log, record, publishedResults }: Known,
): Prepared {
  const arriving = [...addition.events.values()];
  // An event that is there already came again with a better signature: that copy counts.
  const replaced = new Set(arriving.map(({ id }) => id));
  const events = [...arriving, ...log.events.filter(({ id }) => !replaced.has(id))];
  const arrivingAliases = [...addition.aliases.values()].map(mentionOf);
  const state = mergeEvents(pithNumber, events, [...log.aliases, ...arrivingAliases]);
  const results = [...publishedResults, ...([...addition.publishedStates.values()] as CheckResult[])];
  // The record event's own comes first.
  const bundleRecord = state.canonicalRecord === null ? (recordOf(addition.record) ?? record) : null;
  const target = projectTarget({ pithNumber, state, bundleRecord, publishedResults: new Set(results) });
  const { sha256, events: merged, validCount, aliases } = state;
  return { addition, state: { sha256, events: merged, validCount, aliases }, target };
}
