import { type Proof, proofRank } from "../../protocol/index.ts";
import { type Target, type Vote, votesText } from "../../row-rules/index.ts";
import type { PaperChange } from "./papers.ts";
import type { Decision, IdentifierIds } from "./questions.ts";

export const itself: Decision = { target: null, voices: null };

/**
 * The voices of the best proved papers that name an identifier. The majority of papers decides; in a tie, a voice that
 * names another identifier wins, then an arXiv id before a DOI, then the smaller id. This is a total order, so the
 * outcome does not depend on the order of arrival.
 */
export class Tally {
  #standing: Proof | null = null;
  readonly #papers = new Map<bigint | null, { target: Target | null; papers: number }>();

  static of({ voices }: Decision): Tally {
    const tally = new Tally();
    for (const { target, papers } of voices?.list ?? [])
      tally.add(voices?.standing ?? "hash", target, papers);
    return tally;
  }

  add(standing: Proof, target: Target | null, papers = 1): void {
    const rank = this.#standing === null ? 1 : proofRank(standing) - proofRank(this.#standing);
    if (rank < 0) return;
    if (rank > 0) {
      this.#papers.clear();
      this.#standing = standing;
    }
    const key = target?.targetId ?? null;
    const voice = this.#papers.get(key);
    if (voice === undefined) this.#papers.set(key, { target, papers });
    else voice.papers += papers;
  }

  addVoice({ standing, targets }: PaperVotes): void {
    if (targets.size === 0) this.add(standing, null);
    for (const target of targets.values()) this.add(standing, target);
  }

  decide(): Decision {
    const standing = this.#standing;
    const list = [...this.#papers.values()].sort(compareVoices);
    const target = list[0]?.target ?? null;
    if (standing === null) return itself;
    return {
      target: target === null ? null : { ...target, standing },
      voices: list.length < 2 ? null : { standing, list },
    };
  }
}

function compareVoices(a: Vote, b: Vote): number {
  if (a.papers !== b.papers) return b.papers - a.papers;
  if (a.target === null || b.target === null) return a.target === null ? 1 : -1;
  if (a.target.targetKind !== b.target.targetKind) return a.target.targetKind === "arxiv" ? -1 : 1;
  return a.target.targetId < b.target.targetId ? -1 : 1;
}

/** What one paper says about an identifier. */
type PaperVotes = {
  readonly paperId: bigint;
  readonly standing: Proof;
  /** By id; empty if the paper names the identifier alone. */
  readonly targets: Map<bigint, Target>;
  /** Whether the stored decision already includes it: the paper said the same before. */
  isCounted: boolean;
};

function saysTheSame(a: PaperVotes, b: PaperVotes): boolean {
  if (a.standing !== b.standing || a.targets.size !== b.targets.size) return false;
  for (const id of a.targets.keys()) if (!b.targets.has(id)) return false;
  return true;
}

/**
 * Adds voices to a stored decision. Null if they do not agree with it and the other papers must be counted, because no
 * counts are stored while all papers agree.
 */
export function decideWith(stored: Decision, voices: readonly PaperVotes[]): Decision | null {
  const fresh = voices.filter(({ isCounted }) => !isCounted);
  const { target, voices: known } = stored;
  if (known === null) {
    if (target === null) return fresh.every(({ targets }) => targets.size === 0) ? stored : null;
    const above = fresh.filter(({ standing }) => proofRank(standing) > proofRank(target.standing));
    if (above.length === 0) {
      const agrees = ({ standing, targets }: PaperVotes) =>
        standing !== target.standing || (targets.size === 1 && targets.has(target.targetId));
      return fresh.every((voice) => proofRank(voice.standing) < proofRank(target.standing) || agrees(voice))
        ? stored
        : null;
    }
    // No other paper has as high a proof, so these voices decide alone.
    const tally = new Tally();
    for (const voice of above) tally.addVoice(voice);
    return tally.decide();
  }
  const tally = Tally.of(stored);
  for (const voice of fresh) tally.addVoice(voice);
  return tally.decide();
}

/** The value of the column `voices`; null if all papers agree. */
export function votesOfDecision({ voices }: Decision): string | null {
  return voices === null ? null : votesText(voices.list);
}

// ---- The voices of a batch

/** What each paper of a batch says about an identifier, by identifier. */
export type BatchVotes = ReadonlyMap<bigint, readonly PaperVotes[]>;

/** What the papers of a batch say about DOIs and work ids by naming other identifiers beside them. */
export function voicesOf(changes: readonly PaperChange[]): BatchVotes {
  const voices = new Map<bigint, PaperVotes[]>();
  for (const { paperId, row, references, hasNewContent } of changes) {
    if (hasNewContent && row !== null) collect(voices, paperId, row.proof, references);
  }
  return voices;
}

function collect(
  voices: Map<bigint, PaperVotes[]>,
  paperId: bigint,
  standing: Proof,
  references: readonly IdentifierIds[],
): void {
  const note = (id: bigint, target: Target | null) => {
    let list = voices.get(id);
    if (list === undefined) {
      list = [];
      voices.set(id, list);
    }
    let voice = list.at(-1);
    if (voice?.paperId !== paperId) {
      voice = { paperId, standing, targets: new Map(), isCounted: false };
      list.push(voice);
    }
    if (target !== null) voice.targets.set(target.targetId, target);
  };
  for (const reference of references) eachStatement(reference, note);
}

/**
 * Calls `use` with each DOI and work id of a reference, and the identifier named beside it, or null if there is none
 * that would decide.
 */
function eachStatement(
  { arxivId, doiId, workUuidId }: IdentifierIds,
  use: (identifierId: bigint, target: Target | null) => void,
): void {
  const arxiv: Target | null = arxivId === null ? null : { targetId: arxivId, targetKind: "arxiv" };
  if (doiId !== null) use(doiId, arxiv);
  if (workUuidId === null) return;
  use(workUuidId, arxiv ?? (doiId === null ? null : { targetId: doiId, targetKind: "doi" }));
}

/**
 * The identifiers for which a replaced reference made a counted statement that the same paper no longer makes, with the
 * best proof of such a statement. Marks repeated statements as counted. Rare: only a replaced snapshot can withdraw a
 * statement, and the new one mostly repeats it.
 */
export function withdrawnVotes(changes: readonly PaperChange[], voices: BatchVotes): Map<bigint, Proof> {
  const questioned = new Map<bigint, Proof>();
  for (const { paperId, before, hasNewContent } of changes) {
    if (before === null || !hasNewContent) continue;
    const said = new Map<bigint, PaperVotes[]>();
    collect(said, paperId, before.proof, before.references);
    for (const [id, [old]] of said) {
      const again = voices.get(id)?.find((voice) => voice.paperId === paperId);
      if (again !== undefined && old !== undefined && saysTheSame(old, again)) again.isCounted = true;
      else questioned.set(id, betterOf(questioned.get(id) ?? "hash", before.proof));
    }
  }
  return questioned;
}

function betterOf(a: Proof, b: Proof): Proof {
  return proofRank(a) < proofRank(b) ? b : a;
}
