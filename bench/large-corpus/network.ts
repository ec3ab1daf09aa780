import { hepThPapers, readHepTh } from "../../src/sample/index.ts";
import { readableText } from "../../src/text/index.ts";
import { below, randomOf } from "../graph/random.ts";
import { type CorpusTexts, textsOf } from "./texts.ts";

/** The numbers of stored papers, and of all their references together. */
export type CorpusSize = { readonly papers: number; readonly references: number };

export const largeSize: CorpusSize = { papers: 300_000, references: 6_000_000 };

/** The same number of references a paper. hep-th is always part of it. */
export function sizeOf(papers: number): CorpusSize {
  if (!Number.isInteger(papers) || papers < minPapers) {
    throw new Error(`The number of papers must be a whole number from ${minPapers}.`);
  }
  return { papers, references: papers * 20 };
}

const minPapers = 30_000;

/** A work that papers cite, and in most cases the paper that is stored of it. */
export type CorpusWork = {
  /** An arXiv id, or a DOI. */
  readonly kind: "arxiv" | "doi";
  readonly name: string;
  readonly title: string;
  readonly year: number;
  /** Null if no paper of the work is stored. */
  readonly paper: CorpusPaper | null;
};

export type CorpusPaper = {
  /** RFC 3339, UTC. */
  readonly submittedAt: string;
  readonly category: string;
  readonly authors: readonly string[];
  readonly abstract: string;
};

/**
 * Works with their references, which are vertices: the stored papers first, by date, then the works that are only
 * cited. The references of paper `p` are `cited` from `starts[p]` to below `starts[p + 1]`.
 */
export type Corpus = {
  readonly size: CorpusSize;
  readonly works: readonly CorpusWork[];
  readonly starts: Uint32Array;
  readonly cited: Uint32Array;
  readonly texts: CorpusTexts;
};

const seed = 20_240_601;
/** The shares of a synthetic paper's references: to works without a paper, and in proportion to earlier citations. */
const unstored = 0.15;
const preferential = 0.5;
/** Works without a stored paper, for each paper. */
const unstoredWorks = 1 / 3;

const categories = [
  ..."astro-ph cond-mat hep-ph quant-ph gr-qc math.AG math.PR math-ph".split(" "),
  ..."cs.LG cs.CV cs.CL stat.ML nucl-th hep-ex q-bio.NC physics.optics".split(" "),
];
const firstYear = 1992;
const years = 32;

/**
 * All of hep-th, with its real titles, authors, abstracts, dates and citations, among synthetic papers of 1992 to 2023
 * that cite earlier ones, half of them by preferential attachment. Determined by the size.
 */
export function largeCorpus(size: CorpusSize): Corpus {
  const real = hepThPapers(readHepTh(), () => true);
  const texts = textsOf(real.map(({ title, authorsText }) => ({ title: readableText(title), authorsText })));
  const synthetic = Array.from({ length: size.papers - real.length }, (_, index) => ({
    submittedAt: dateOf((index + 0.5) / (size.papers - real.length), index),
    real: null,
  }));
  const dated = [...synthetic, ...real.map((paper) => ({ submittedAt: paper.submittedAt, real: paper }))];
  dated.sort((a, b) => (a.submittedAt < b.submittedAt ? -1 : 1));

  const nameNext = namer();
  const works: CorpusWork[] = dated.map(({ submittedAt, real }, vertex) => {
    const year = Number(submittedAt.slice(0, 4));
    if (real !== null) {
      const { source, title, authorsText, abstract, primaryCategory } = real;
      return {
        kind: "arxiv",
        name: source.id,
        title: readableText(title),
        year,
        paper: {
          submittedAt,
          category: primaryCategory,
          authors: texts.authorsIn(authorsText),
          abstract: readableText(abstract ?? "").slice(0, 400),
        },
      };
    }
    const random = randomOf(seed + vertex);
    const category = categories[Math.floor(categories.length * random() ** 2)] as string;
    return {
      kind: "arxiv",
      name: nameNext(category, submittedAt),
      title: texts.title(random),
      year,
      paper: { submittedAt, category, authors: texts.authors(random), abstract: texts.abstract(random) },
    };
  });
  const cites = citations(size, dated, works);
  const others = Math.floor(size.papers * unstoredWorks);
  for (let index = 0; index < others; index++) works.push(unstoredWork(index, texts));
  return { size, works, ...cites, texts };
}

/** A date of the share of the way: the number of papers a year grows linearly, from a fifth of the mean. */
function dateOf(share: number, index: number): string {
  const time = (Math.sqrt(0.04 + 3.2 * 0.8 * share) - 0.2) / (Math.sqrt(0.04 + 3.2 * 0.8) - 0.2);
  const start = Date.UTC(firstYear, 0, 1);
  const end = Date.UTC(firstYear + years, 0, 1);
  // Milliseconds would be unusual; no two papers have the same second for long.
  const seconds = Math.floor((start + (end - start) * Math.min(time, 0.999_999)) / 1000);
  return `${new Date((seconds - (index % 3)) * 1000).toISOString().slice(0, 19)}Z`;
}

/** arXiv ids by month: `hep-ph/9503123`, `0704.0001` from April 2007, `1501.00001` from 2015. */
function namer(): (category: string, submittedAt: string) => string {
  const numbers = new Map<string, number>();
  return (category, submittedAt) => {
    const month = submittedAt.slice(2, 4) + submittedAt.slice(5, 7);
    const isOld = submittedAt < "2007-04";
    const archive = category === "stat.ML" ? "math" : category.replace(/\..*/, "");
    const key = isOld ? `${archive}/${month}` : `${month}.`;
    const number = (numbers.get(key) ?? 0) + 1;
    numbers.set(key, number);
    return key + String(number).padStart(isOld ? 3 : submittedAt < "2015" ? 4 : 5, "0");
  };
}

/** Works that are only cited: one of three by an arXiv id, the others by a DOI. */
function unstoredWork(index: number, texts: CorpusTexts): CorpusWork {
  const random = randomOf(seed - 1 - index);
  const title = texts.title(random);
  const year = firstYear - 10 + below(random, years + 10);
  if (index % 3 > 0) {
    return { kind: "doi", name: `10.1103/physrevbench.${index + 1}`, title, year, paper: null };
  }
  // Numbers above those of the stored papers.
  const number = String(99_999 - Math.floor(index / 3)).padStart(5, "0");
  const name = `${String(below(random, 15) + 8).padStart(2, "0")}12.${number}`;
  return { kind: "arxiv", name, title, year, paper: null };
}

function citations(
  { papers, references }: CorpusSize,
  dated: readonly {
    readonly real: { readonly references: readonly { readonly arxivId: string }[] } | null;
  }[],
  works: readonly CorpusWork[],
): { starts: Uint32Array; cited: Uint32Array } {
  const random = randomOf(seed);
  const others = Math.floor(papers * unstoredWorks);
  const vertices = new Map(works.map(({ name }, vertex) => [name, vertex]));
  const starts = new Uint32Array(papers + 1);
  const cited = new Uint32Array(references);
  const lastCiter = new Int32Array(papers + others).fill(-1);
  let syntheticLeft = dated.reduce((count, { real }) => count + (real === null ? 1 : 0), 0);
  let referencesLeft =
    references - dated.reduce((count, { real }) => count + (real === null ? 0 : real.references.length), 0);
  let count = 0;
  for (let paper = 0; paper < papers; paper++) {
    starts[paper] = count;
    const list = dated[paper]?.real?.references;
    if (list !== undefined) {
      for (const { arxivId } of list) cited[count++] = vertices.get(arxivId) as number;
      continue;
    }
    // From a half to one and a half of the mean of the remaining references; the last paper takes the rest.
    const wanted = Math.round((referencesLeft / syntheticLeft) * (0.5 + random()));
    const isLast = syntheticLeft === 1;
    const made = isLast ? referencesLeft : Math.min(wanted, referencesLeft, paper >> 1);
    syntheticLeft--;
    referencesLeft -= made;
    for (let left = made; left > 0; left--) {
      const kind = random();
      let target: number;
      if (kind < unstored) target = papers + Math.floor(others * random() ** 3);
      else if (kind < unstored + preferential) target = cited[below(random, count)] as number;
      else target = below(random, paper);
      // No work is cited twice: the next one of the same kind that is not.
      while (lastCiter[target] === paper || target === paper) {
        target++;
        if (target === papers + others) target = papers;
        else if (target === papers) target = 0;
      }
      lastCiter[target] = paper;
      cited[count++] = target;
    }
  }
  starts[papers] = count;
  return { starts, cited };
}
