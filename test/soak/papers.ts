import { bundleOf, readCitations } from "../../bench/corpus.ts";
import type { Random } from "../ingest/random.ts";

export type SoakPaper = { readonly arxivId: string; readonly pithNumber: string; readonly text: string };

/** Papers that cite each other: those stored before the run, and an endless number of new ones. */
export class Papers {
  readonly before: readonly SoakPaper[];
  /** The number of references of each of them. */
  readonly referenceCounts: ReadonlyMap<string, number>;
  /** New papers with the answer MERGED, which must be found from then on. */
  readonly merged: SoakPaper[] = [];
  #made = 0;

  constructor(count: number) {
    const citations = [...readCitations()].slice(0, count);
    this.referenceCounts = new Map(citations.map(([id, cited]) => [id, cited.length]));
    this.before = citations.map(([id, cited]) => paperOf(id, cited));
  }

  /** A paper of a month after those of hep-th's list. It cites old papers, and one that may never exist. */
  make(random: Random): SoakPaper {
    const month = Math.floor(this.#made / 999) % 12;
    const year = 5 + Math.floor(this.#made / (999 * 12));
    const number = 1 + (this.#made % 999);
    const pad = (value: number, length: number) => String(value).padStart(length, "0");
    const id = `hep-th/${pad(year, 2)}${pad(month + 1, 2)}${pad(number, 3)}`;
    this.#made++;
    const cited = Array.from({ length: 3 + random.below(20) }, () => random.pick(this.before).arxivId);
    return paperOf(id, [...new Set(cited), `hep-th/0${random.below(10)}12${pad(random.below(1_000), 3)}`]);
  }
}

function paperOf(arxivId: string, cited: readonly string[]): SoakPaper {
  const bundle = bundleOf(arxivId, cited, 1);
  return { arxivId, pithNumber: bundle["pith_number"] as string, text: JSON.stringify(bundle) };
}
