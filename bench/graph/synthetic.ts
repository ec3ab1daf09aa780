import { identifierIdOf } from "../../src/row-rules/index.ts";
import { countByVertex, type EdgeList } from "./edge-list.ts";
import { below, randomOf } from "./random.ts";

export type SyntheticSize = { readonly papers: number; readonly edges: number; readonly hubCiters: number };

export const fullSize: SyntheticSize = { papers: 300_000, edges: 6_000_000, hubCiters: 100_000 };
export const quickSize: SyntheticSize = { papers: 30_000, edges: 600_000, hubCiters: 10_000 };

export type SyntheticGraph = EdgeList & {
  /** The arXiv id of each vertex. */
  readonly arxivIds: readonly string[];
  readonly hub: number;
};

const seed = 20_240_601;
/** The share of a paper's references that are chosen in proportion to their citations; the others are uniform. */
const preferential = 0.5;
/** The number of the hub, early enough that nearly all papers can cite it. */
const hubNumber = 100;

/**
 * Papers that cite earlier ones by preferential attachment, and a hub that a third of them cite. No cycles, no
 * self-citations. Determined by the size.
 */
export function syntheticGraph({ papers, edges, hubCiters }: SyntheticSize): SyntheticGraph {
  const random = randomOf(seed);
  const citing = new Uint32Array(edges);
  const cited = new Uint32Array(edges);
  const lastCiter = new Int32Array(papers).fill(-1);
  const firstCiter = hubNumber + Math.floor((papers - hubNumber) * 0.02);
  let hubLeft = hubCiters;
  let count = 0;
  for (let paper = 1; paper < papers; paper++) {
    // From a half to one and a half of the mean of the remaining edges; the last paper takes the rest.
    const share = (edges - count) / (papers - paper);
    const wanted = paper === papers - 1 ? edges - count : Math.round(share * (0.5 + random()));
    const references = Math.min(wanted, edges - count, paper <= hubNumber ? paper : paper - 1);
    let made = 0;
    const cite = (target: number) => {
      lastCiter[target] = paper;
      citing[count] = paper;
      cited[count++] = target;
      made++;
    };
    if (paper >= firstCiter && references > 0 && below(random, papers - paper) < hubLeft) {
      hubLeft--;
      cite(hubNumber);
    }
    while (made < references) {
      const isPreferential = count > 0 && random() < preferential;
      let target = isPreferential ? (cited[below(random, count)] as number) : below(random, paper);
      // The hub has its own share, and no work is cited twice: the next work that is neither.
      while (target === hubNumber || lastCiter[target] === paper) target = (target + 1) % paper;
      cite(target);
    }
  }
  return inOrderOfIds(citing, cited, papers);
}

/** Renumbers vertices by the order of their work ids. */
function inOrderOfIds(citing: Uint32Array, cited: Uint32Array, papers: number): SyntheticGraph {
  const named = Array.from({ length: papers }, (_, paper) => {
    const arxivId = `${2001 + Math.floor(paper / 99_999)}.${String((paper % 99_999) + 1).padStart(5, "0")}`;
    return { paper, arxivId, id: identifierIdOf("arxiv", arxivId) };
  });
  named.sort((a, b) => (a.id < b.id ? -1 : 1));
  const places = new Uint32Array(papers);
  for (const [place, { paper }] of named.entries()) places[paper] = place;
  return {
    ids: BigUint64Array.from(named, ({ id }) => id),
    arxivIds: named.map(({ arxivId }) => arxivId),
    citing: citing.map((paper) => places[paper] as number),
    cited: cited.map((paper) => places[paper] as number),
    hub: places[hubNumber] as number,
  };
}

/** The works' stored counts. */
export function degreesOf({ ids, citing, cited }: EdgeList): {
  references: Uint32Array;
  citedBy: Uint32Array;
} {
  return { references: countByVertex(ids.length, citing), citedBy: countByVertex(ids.length, cited) };
}
