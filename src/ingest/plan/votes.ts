import { type Proof, proofRank } from "../../protocol/index.ts";
import { type Target, type Vote, votesText } from "../../row-rules/index.ts";
import type { Decision, IdentifierIds } from "./lookups.ts";
import type { PaperChange } from "./papers.ts";

export const resolvesToItself: Decision = { target: null, votes: null };

/**
 * The votes of the best proved papers that name an identifier. The majority of papers decides; in a tie, a vote for another
 * identifier wins, then an arXiv id before a DOI, then the smaller id. This is a total order, so the
 * outcome does not depend on the order of arrival.
 */
export class Tally {
  #proof: Proof | null = null;
  readonly #papers = new Map<bigint | null, { target: Target | null; papers: number }>();

  static of({ votes }: Decision): Tally {
    const tally = new Tally();
    for (const { target, papers } of votes?.list ?? []) tally.add(votes?.proof ?? "hash", target, papers);
    return tally;
  }

  add(proof: Proof, target: Target | null, papers = 1): void {
    const rank = this.#proof === null ? 1 : proofRank(proof) - proofRank(this.#proof);
    if (rank < 0) return;
    if (rank > 0) {
      this.#papers.clear();
      this.#proof = proof;
    }
    const key = target?.targetId ?? null;
    const vote = this.#papers.get(key);
    if (vote === undefined) this.#papers.set(key, { target, papers });
    else vote.papers += papers;
  }

  addVotes({ proof, targets }: PaperVotes): void {
    if (targets.size === 0) this.add(proof, null);
    for (const target of targets.values()) this.add(proof, target);
  }

  decide(): Decision {
    const proof = this.#proof;
    const list = [...this.#papers.values()].sort(compareVotes);
    const target = list[0]?.target ?? null;
    if (proof === null) return resolvesToItself;
    return {
      target: target === null ? null : { ...target, proof },
      votes: list.length < 2 ? null : { proof, list },
    };
  }
}

function compareVotes(a: Vote, b: Vote): number {
  if (a.papers !== b.papers) return b.papers - a.papers;
  if (a.target === null || b.target === null) return a.target === null ? 1 : -1;
  if (a.target.targetKind !== b.target.targetKind) return a.target.targetKind === "arxiv" ? -1 : 1;
  return a.target.targetId < b.target.targetId ? -1 : 1;
}

/** The votes of one paper on what an identifier resolves to. */
type PaperVotes = {
  readonly paperId: bigint;
  readonly proof: Proof;
  /** By id; empty if the paper names the identifier alone. */
  readonly targets: Map<bigint, Target>;
  /** Whether the stored decision already counts them: the paper had the same votes before. */
  isCounted: boolean;
};

function isSameVote(a: PaperVotes, b: PaperVotes): boolean {
  if (a.proof !== b.proof || a.targets.size !== b.targets.size) return false;
  for (const id of a.targets.keys()) if (!b.targets.has(id)) return false;
  return true;
}

/**
 * Adds votes to a stored decision. Null if they do not agree with it and the other papers must be counted, because no
 * counts are stored while all papers agree.
 */
export function decideWith(stored: Decision, votes: readonly PaperVotes[]): Decision | null {
  const uncounted = votes.filter(({ isCounted }) => !isCounted);
  const { target, votes: counted } = stored;
  if (counted === null) {
    if (target === null) return uncounted.every(({ targets }) => targets.size === 0) ? stored : null;
    const better = uncounted.filter(({ proof }) => proofRank(proof) > proofRank(target.proof));
    if (better.length === 0) {
      const agrees = ({ proof, targets }: PaperVotes) =>
        proof !== target.proof || (targets.size === 1 && targets.has(target.targetId));
      return uncounted.every(
        (paperVotes) => proofRank(paperVotes.proof) < proofRank(target.proof) || agrees(paperVotes),
      )
        ? stored
        : null;
    }
    // No other paper has as high a proof, so these votes alone decide.
    const tally = new Tally();
    for (const paperVotes of better) tally.addVotes(paperVotes);
    return tally.decide();
  }
  const tally = Tally.of(stored);
  for (const paperVotes of uncounted) tally.addVotes(paperVotes);
  return tally.decide();
}

/** The value of the column `votes`; null if all papers agree. */
export function votesOfDecision({ votes }: Decision): string | null {
  return votes === null ? null : votesText(votes.list);
}

// ---- The votes of a batch

/** The votes of the papers of a batch, by identifier. */
export type BatchVotes = ReadonlyMap<bigint, readonly PaperVotes[]>;

/** The votes of a batch on DOIs and work ids: references that name other identifiers beside them. */
export function votesOf(changes: readonly PaperChange[]): BatchVotes {
  const votes = new Map<bigint, PaperVotes[]>();
  for (const { paperId, row, references, hasNewContent } of changes) {
    if (hasNewContent && row !== null) collect(votes, paperId, row.proof, references);
  }
  return votes;
}

function collect(
  votes: Map<bigint, PaperVotes[]>,
  paperId: bigint,
  proof: Proof,
  references: readonly IdentifierIds[],
): void {
  const note = (id: bigint, target: Target | null) => {
    let list = votes.get(id);
    if (list === undefined) {
      list = [];
      votes.set(id, list);
    }
    let paperVotes = list.at(-1);
    if (paperVotes?.paperId !== paperId) {
      paperVotes = { paperId, proof, targets: new Map(), isCounted: false };
      list.push(paperVotes);
    }
    if (target !== null) paperVotes.targets.set(target.targetId, target);
  };
  for (const reference of references) forEachVote(reference, note);
}

/**
 * Calls `use` with each DOI and work id of a reference, and the identifier named beside it, or null if there is none
 * that would decide.
 */
function forEachVote(
  { arxivId, doiId, workUuidId }: IdentifierIds,
  use: (identifierId: bigint, target: Target | null) => void,
): void {
  const arxiv: Target | null = arxivId === null ? null : { targetId: arxivId, targetKind: "arxiv" };
  if (doiId !== null) use(doiId, arxiv);
  if (workUuidId === null) return;
  use(workUuidId, arxiv ?? (doiId === null ? null : { targetId: doiId, targetKind: "doi" }));
}

/**
 * The identifiers on which a paper no longer votes as its replaced references did, with the best proof of such a paper.
 * Marks repeated votes as counted. Rare: only a replaced snapshot can withdraw a vote, and the new one mostly repeats it.
 */
export function withdrawnVotes(changes: readonly PaperChange[], votes: BatchVotes): Map<bigint, Proof> {
  const withdrawn = new Map<bigint, Proof>();
  for (const { paperId, before, hasNewContent } of changes) {
    if (before === null || !hasNewContent) continue;
    const previous = new Map<bigint, PaperVotes[]>();
    collect(previous, paperId, before.proof, before.references);
    for (const [id, [old]] of previous) {
      const again = votes.get(id)?.find((candidate) => candidate.paperId === paperId);
      if (again !== undefined && old !== undefined && isSameVote(old, again)) again.isCounted = true;
      else withdrawn.set(id, higherProof(withdrawn.get(id) ?? "hash", before.proof));
    }
  }
  return withdrawn;
}

function higherProof(a: Proof, b: Proof): Proof {
  return proofRank(a) < proofRank(b) ? b : a;
}
