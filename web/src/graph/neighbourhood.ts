import type { Evidence, Trust } from "../proof/index.ts";

/** A work in the citation graph. */
export type GraphWork = {
  /** GraphQL's global id. */
  readonly id: string;
  /** The identifier in URLs and queries: the arXiv id, else the DOI, else the work id. */
  readonly ref: string;
  readonly title: string | null;
  readonly authors: readonly string[];
  readonly year: number | null;
  /** The year that references state, if it differs from `year`. */
  readonly statedYear: number | null;
  /** When its paper was submitted, in RFC 3339; null if the work is only cited. */
  readonly submittedAt: string | null;
  readonly category: string | null;
  /** The proof and signer of its paper; null if the work is only cited. */
  readonly verification: Evidence | null;
  readonly trust: Trust | null;
  readonly pithNumber: string | null;
  readonly arxivId: string | null;
  readonly doi: string | null;
  readonly citedByCount: number;
  readonly referenceCount: number | null;
  /** Steps from the nearest root; null for works that were added for another reason, such as a path. */
  readonly depth: number | null;
};

export type Citation = {
  /** Ids of works, both part of the neighbourhood. */
  readonly citing: string;
  readonly cited: string;
  readonly isInternalAnchor: boolean;
};

/** A part of the citation graph: works by id, and the citations between them without duplicates. */
export type Neighbourhood = {
  readonly works: ReadonlyMap<string, GraphWork>;
  readonly citations: readonly Citation[];
  readonly isTruncated: boolean;
  readonly graphVersion: string;
};

export const emptyNeighbourhood: Neighbourhood = {
  works: new Map(),
  citations: [],
  isTruncated: false,
  graphVersion: "",
};

/** The title of a work, or its identifier if it has none. */
export function workName({ title, ref }: Pick<GraphWork, "title" | "ref">): string {
  return title === null || title.trim() === "" ? ref : title.trim();
}

/** The work of a graph with one work and no citations to draw; otherwise null. */
export function singleWork({ works, citations }: Neighbourhood): GraphWork | null {
  const [only = null] = works.values();
  const isAlone = works.size === 1 && citations.every(({ citing, cited }) => citing === cited);
  return isAlone ? only : null;
}

/**
 * Merges several neighbourhoods. A work keeps its smallest depth. `isTruncated` and `graphVersion` are those of the
 * first.
 */
export function mergeNeighbourhoods([first, ...others]: readonly Neighbourhood[]): Neighbourhood {
  if (first === undefined) return emptyNeighbourhood;
  if (others.length === 0) return first;
  const works = new Map(first.works);
  const citations = new Map(first.citations.map((citation) => [citationKey(citation), citation]));
  for (const other of others) {
    for (const work of other.works.values()) {
      const known = works.get(work.id);
      if (known === undefined || depthOrInfinity(work) < depthOrInfinity(known)) works.set(work.id, work);
    }
    for (const citation of other.citations) citations.set(citationKey(citation), citation);
  }
  return { ...first, works, citations: [...citations.values()] };
}

function depthOrInfinity({ depth }: GraphWork): number {
  return depth ?? Number.POSITIVE_INFINITY;
}

export function citationKey({ citing, cited }: Pick<Citation, "citing" | "cited">): string {
  return `${citing} ${cited}`;
}

export type LinkCounts = {
  /** How many of the shown works it cites, and is cited by. */
  readonly cites: number;
  readonly citedBy: number;
};

/** Counts the citations of each work within the graph. */
export function countLinks({ works, citations }: Neighbourhood): ReadonlyMap<string, LinkCounts> {
  const counts = new Map([...works.keys()].map((id) => [id, { cites: 0, citedBy: 0 }]));
  for (const { citing, cited } of citations) {
    const from = counts.get(citing);
    const to = counts.get(cited);
    if (from !== undefined) from.cites += 1;
    if (to !== undefined) to.citedBy += 1;
  }
  return counts;
}

/** The works that each work cites or is cited by. */
export function findNeighbours({
  works,
  citations,
}: Neighbourhood): ReadonlyMap<string, ReadonlySet<string>> {
  const neighbours = new Map([...works.keys()].map((id) => [id, new Set<string>()]));
  for (const { citing, cited } of citations) {
    if (citing === cited) continue;
    neighbours.get(citing)?.add(cited);
    neighbours.get(cited)?.add(citing);
  }
  return neighbours;
}
