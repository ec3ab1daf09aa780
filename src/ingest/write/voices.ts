import { type Proof, proofRank } from "../../protocol/index.ts";
import { type Target, type Voice, voicesText } from "../../store/voices.ts";
import type { Decision } from "./evidence.ts";

export const itself: Decision = { target: null, voices: null };

/**
 * The voices of the best proved papers that name an identifier. What the most of these papers say decides; of equally
 * many the one that names another identifier, then an arXiv id before a DOI, then the smaller id. A total order, so
 * the outcome does not depend on which came first.
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

function compareVoices(a: Voice, b: Voice): number {
  if (a.papers !== b.papers) return b.papers - a.papers;
  if (a.target === null || b.target === null) return a.target === null ? 1 : -1;
  if (a.target.targetKind !== b.target.targetKind) return a.target.targetKind === "arxiv" ? -1 : 1;
  return a.target.targetId < b.target.targetId ? -1 : 1;
}

/** What one paper says of an identifier. */
export type PaperVoice = {
  readonly paperId: bigint;
  readonly standing: Proof;
  /** By their ids; none where it names the identifier alone. */
  readonly targets: Map<bigint, Target>;
  /** Whether the stored decision knows of it already: the paper said the same before. */
  isCounted: boolean;
};

export function addVoice(tally: Tally, { standing, targets }: PaperVoice): void {
  if (targets.size === 0) tally.add(standing, null);
  for (const target of targets.values()) tally.add(standing, target);
}

export function saysTheSame(a: PaperVoice, b: PaperVoice): boolean {
  if (a.standing !== b.standing || a.targets.size !== b.targets.size) return false;
  for (const id of a.targets.keys()) if (!b.targets.has(id)) return false;
  return true;
}

/**
 * Adds voices to a stored decision; null where they do not fit it, so that the other papers must be counted: it stores
 * no counts where all papers agree.
 */
export function decideWith(stored: Decision, voices: readonly PaperVoice[]): Decision | null {
  const fresh = voices.filter(({ isCounted }) => !isCounted);
  const { target, voices: known } = stored;
  if (known === null) {
    if (target === null) return fresh.every(({ targets }) => targets.size === 0) ? stored : null;
    const above = fresh.filter(({ standing }) => proofRank(standing) > proofRank(target.standing));
    if (above.length === 0) {
      const agrees = ({ standing, targets }: PaperVoice) =>
        standing !== target.standing || (targets.size === 1 && targets.has(target.targetId));
      return fresh.every((voice) => proofRank(voice.standing) < proofRank(target.standing) || agrees(voice))
        ? stored
        : null;
    }
    // No other paper is as well proved: the decision would have its standing.
    const tally = new Tally();
    for (const voice of above) addVoice(tally, voice);
    return tally.decide();
  }
  const tally = Tally.of(stored);
  for (const voice of fresh) addVoice(tally, voice);
  return tally.decide();
}

/** As the column `voices` has them; null where all say the same. */
export function voicesOfDecision({ voices }: Decision): string | null {
  return voices === null ? null : voicesText(voices.list);
}
