import { isPithNumber, type PaperRef, parsePaperRef, suffixOf } from "../protocol/index.ts";
import type { Database } from "../store/database.ts";
import type { Change } from "../store/feed.ts";
import { maximumPageSize } from "./connections.ts";
import { badUserInput } from "./errors.ts";
import type { PaperRow } from "./loaders/papers.ts";

/** A change, and by which look-up keys its paper may be a wanted one. */
export type Candidate = { readonly change: Change; readonly keys: ReadonlySet<string> };

const noKeys: ReadonlySet<string> = new Set();

/**
 * Which papers a subscription is about: those that refs name, now or later. So a paper that is not held yet is told of
 * once it comes, and all versions of an arXiv id unless the ref names one. Without refs all papers.
 */
export class WantedPapers {
  readonly #refs: readonly PaperRef[] | null;

  /** Throws BAD_USER_INPUT where a ref names no paper, or there are too many. */
  constructor(refs: readonly string[] | null) {
    if (refs !== null && refs.length > maximumPageSize) {
      throw badUserInput(`\`refs\` may name at most ${maximumPageSize} papers, not ${refs.length}.`);
    }
    this.#refs = refs?.map(readRef) ?? null;
  }

  /** Those of the changes that may be of wanted papers: one statement at most. */
  async among({ pool }: Pick<Database, "pool">, changes: readonly Change[]): Promise<Candidate[]> {
    const candidates = changes.map((change) => ({ change, keys: new Set<string>() }));
    if (this.#refs === null) return candidates;
    const keys = this.#refs.map(keyOf).filter((key) => key !== null);
    if (keys.length > 0) {
      const { rows } = await pool.query<{ key: string; paper_id: string }>(
        "SELECT key, paper_id FROM paper_keys WHERE key = ANY($1::text[]) AND paper_id = ANY($2::bigint[])",
        [keys, changes.map(({ paperId }) => paperId)],
      );
      for (const { key, paper_id: id } of rows) {
        for (const { change, keys } of candidates) if (change.paperId === BigInt(id)) keys.add(key);
      }
    }
    return candidates.filter(
      ({ change, keys }) => keys.size > 0 || this.#refs?.some((ref) => namesNumber(ref, change.pithNumber)),
    );
  }

  /** Whether a candidate's paper is wanted: refs may name a version. */
  includes({ pithNumber, sourceVersion }: PaperRow, keys: ReadonlySet<string> = noKeys): boolean {
    if (this.#refs === null) return true;
    return this.#refs.some((ref) => {
      if (ref.kind === "pith") return namesNumber(ref, pithNumber);
      const isNamed = keys.has(keyOf(ref) ?? "");
      return isNamed && (ref.kind !== "arxiv" || ref.version === null || ref.version === sourceVersion);
    });
  }
}

function readRef(ref: string): PaperRef {
  const parsed = parsePaperRef(ref);
  if (parsed !== null && parsed.kind !== "work_id") return parsed;
  throw badUserInput(
    `${JSON.stringify(ref.slice(0, 100))} names no paper. \`refs\` takes what \`paper(ref:)\` takes.`,
  );
}

function namesNumber(ref: PaperRef, pithNumber: string): boolean {
  return (
    ref.kind === "pith" &&
    isPithNumber(pithNumber) &&
    suffixOf(pithNumber).startsWith(ref.suffix) &&
    (ref.year === null || pithNumber.startsWith(`pith:${ref.year}:`))
  );
}

/** As the table `paper_keys` has it. */
function keyOf(ref: PaperRef): string | null {
  return ref.kind === "arxiv" ? `arxiv:${ref.id}` : ref.kind === "doi" ? `doi:${ref.doi}` : null;
}
