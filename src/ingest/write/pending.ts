import { type CheckResult, type MergedState, mergeEvents, type PithNumber } from "../../protocol/index.ts";
import { Turns } from "../../runtime/event-loop.ts";
import { paperIdOf } from "../../store/index.ts";
import { aliasValue } from "../../store/stored-aliases.ts";
import type { Arrival } from "../arrival.ts";
import { projectTarget } from "../project/target.ts";
import { type Addition, additionOf, signatureText } from "./addition.ts";
import { mergedAliasesText } from "./aliases.ts";
import { CollisionError, refuseCollision } from "./collision.ts";
import { type Held, type HeldPapers, nothingHeld } from "./held.ts";
import { type Known, nothing, recordOf } from "./known-papers.ts";
import type { LogAddition, WrittenEvent, WrittenState } from "./log.ts";
import type { PaperTarget } from "./paper-change.ts";

/** The documents of one paper. */
export type Group = { readonly pithNumber: PithNumber; readonly arrivals: readonly Arrival[] };

/** A paper with what its documents add to it, merged and projected: all that is written of it. */
export type Prepared = {
  readonly addition: LogAddition;
  readonly state: WrittenState;
  readonly target: PaperTarget;
};

/** The papers to which something is added; prepared already where nothing of them is held. */
export type Pending = ReadonlyMap<bigint, Group & { readonly prepared: Prepared | null }>;

/** The documents of a paper so far, and what was held of it. */
type Gathered = {
  readonly pithNumber: PithNumber;
  readonly arrivals: Arrival[];
  known: Held;
  /** Where all of them are merged and projected: what came of it. */
  done: { readonly prepared: Prepared | null; readonly addsNothing: boolean } | null;
};

/**
 * Gathers the documents of a batch by paper, and merges and projects what needs no lock for it as they come: what a
 * document was read into does not outlive its turn. Of a paper with several documents that is done once all are there.
 */
export class Preparation {
  readonly #papers = new Map<bigint, Gathered>();
  #collision: CollisionError | null = null;

  /** `held` is what was held of its paper a moment ago. */
  add(arrival: Arrival, held: HeldPapers): void {
    if (this.#collision !== null) return;
    try {
      this.#gather(arrival, held);
    } catch (error) {
      if (!(error instanceof CollisionError)) throw error;
      this.#collision = error;
    }
  }

  #gather(arrival: Arrival, held: HeldPapers): void {
    const { pithNumber } = arrival;
    const paperId = paperIdOf(pithNumber);
    const known = heldOf(held, paperId, pithNumber);
    const others = this.#papers.get(paperId);
    if (others === undefined) {
      const paper: Gathered = { pithNumber, arrivals: [arrival], known, done: null };
      this.#papers.set(paperId, paper);
      settle(paper);
      return;
    }
    if (others.pithNumber !== pithNumber) refuseCollision(others.pithNumber, pithNumber);
    others.arrivals.push(arrival);
    others.known = known;
    others.done = null;
  }

  /**
   * Papers to which nothing is added are left out. In the order of their keys the rows of a batch meet the pages of an
   * index one after the other. Throws the CollisionError that a document led to.
   */
  async finish(): Promise<Pending> {
    if (this.#collision !== null) throw this.#collision;
    const turns = new Turns();
    const pending: [paperId: bigint, Group & { prepared: Prepared | null }][] = [];
    for (const [paperId, paper] of this.#papers) {
      if (turns.isOver) await turns.next();
      const { prepared, addsNothing } = paper.done ?? settle(paper);
      const { pithNumber, arrivals } = paper;
      if (!addsNothing) pending.push([paperId, { pithNumber, arrivals, prepared }]);
    }
    return new Map(pending.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

function settle(paper: Gathered): NonNullable<Gathered["done"]> {
  const { pithNumber, arrivals, known } = paper;
  const addition = additionOf(arrivals, known);
  const isNew = known.pithNumber === null;
  const prepared = addition === null || !isNew ? null : prepare(pithNumber, addition, nothing, known);
  // What is merged with the log needs its documents once more, under the lock.
  if (addition === null || isNew) for (const arrival of arrivals) arrival.letGo();
  paper.done = { prepared, addsNothing: addition === null };
  return paper.done;
}

/** Whether a paper is there, or has nothing added any more, that was prepared since nothing of it was held. */
export function cameMeanwhile(before: Pending, now: Pending): boolean {
  for (const [paperId, { prepared }] of before) {
    if (prepared !== null && (now.get(paperId)?.prepared ?? null) === null) return true;
  }
  return false;
}

/** Gathers documents that are all there. */
export async function prepareAll(arrivals: readonly Arrival[], held: HeldPapers): Promise<Pending> {
  const turns = new Turns();
  const preparation = new Preparation();
  for (const arrival of arrivals) {
    if (turns.isOver) await turns.next();
    preparation.add(arrival, held);
  }
  return preparation.finish();
}

/** What is held of a paper; refused where its key stands for another paper. */
export function heldOf(held: HeldPapers, paperId: bigint, pithNumber: PithNumber): Held {
  const known = held.get(paperId) ?? nothingHeld;
  if (known.pithNumber !== null && known.pithNumber !== pithNumber) {
    refuseCollision(known.pithNumber, pithNumber);
  }
  return known;
}

/** Merges what arrives with what the log holds, and projects the state into rows. Pure. */
export function prepare(
  pithNumber: PithNumber,
  addition: Addition,
  { log, record, publishedResults }: Known,
  held: Held,
): Prepared {
  const arriving = [...addition.events.values()];
  // An event that is there already came again with a better signature: that copy counts.
  const replaced = new Set(arriving.map(({ id }) => id));
  const events = [...arriving, ...log.events.filter(({ id }) => !replaced.has(id))];
  const arrivingAliases = [...addition.aliases.values()].map(aliasValue);
  const state = mergeEvents(pithNumber, events, [...log.aliases, ...arrivingAliases]);
  const results = [...publishedResults, ...([...addition.publishedStates.values()] as CheckResult[])];
  // The record event's own comes first.
  const bundleRecord = state.canonicalRecord === null ? (recordOf(addition.record) ?? record) : null;
  const target = projectTarget({ pithNumber, state, bundleRecord, publishedResults: new Set(results) });
  const { publishedStates } = addition;
  return {
    addition: { events: new Set(addition.events.keys()), publishedStates, record: addition.record },
    state: {
      sha256: state.sha256,
      events: writtenEvents(state),
      validCount: state.validCount,
      aliasesText: mergedAliasesText(held.aliases, addition.aliases, state),
    },
    target,
  };
}

/** In the order of the merge. */
function writtenEvents({ events }: MergedState): WrittenEvent[] {
  return Array.from(events.values(), ({ event, standing, status, reason }) => {
    const { id, text, proof, fault, type, instant, signer } = event;
    const signature = signatureText(event);
    return {
      id: id.slice(7),
      text,
      signature,
      proof,
      fault,
      type,
      instant,
      signer,
      standing,
      status,
      reason,
    };
  });
}
