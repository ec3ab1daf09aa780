import type { Evidence, Trust } from "../proof/index.ts";

/** A work as the graph shows it. */
export type GraphWork = {
  /** GraphQL's id: the same work has the same in every answer. */
  readonly id: string;
  /** What addresses and questions name it by: its arXiv id, else its DOI, else its work id. */
  readonly ref: string;
  readonly title: string | null;
  readonly authors: readonly string[];
  readonly year: number | null;
  /** The year that references state, where it differs from `year`. */
  readonly statedYear: number | null;
  /** When its paper was submitted, RFC 3339; null where it is only cited. */
  readonly submittedAt: string | null;
  readonly category: string | null;
  /** How far its paper is proved, and by whom; null where it is only cited. */
  readonly verification: Evidence | null;
  readonly trust: Trust | null;
  readonly pithNumber: string | null;
  readonly arxivId: string | null;
  readonly doi: string | null;
  readonly citedByCount: number;
  readonly referenceCount: number | null;
  /** Steps from the nearest work that was asked about; null where it is there for another reason, as part of a path. */
  readonly depth: number | null;
};

export type Citation = {
  /** Ids of works, both of which are among the neighbourhood's. */
  readonly citing: string;
  readonly cited: string;
  readonly isInternalAnchor: boolean;
};

/** A part of the citation graph: works by id, and citations between them, each once. */
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

/** What a work is called where it has no title: by its identifier. */
export function workName({ title, ref }: Pick<GraphWork, "title" | "ref">): string {
  return title === null || title.trim() === "" ? ref : title.trim();
}

/** The work of a graph that has one work and no citations to draw; null for every other graph. */
export function singleWork({ works, citations }: Neighbourhood): GraphWork | null {
  const [only = null] = works.values();
  const isAlone = works.size === 1 && citations.every(({ citing, cited }) => citing === cited);
  return isAlone ? only : null;
}

/**
 * Several answers as one. A work that several have keeps its smallest depth; the first is the main one: it says
 * whether anything is missing.
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
  /** How many of the works shown it cites, and is cited by. */
  readonly cites: number;
  readonly citedBy: number;
};

/** Of each work, how it stands among those that are shown. */
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

/** Of each work, those that it cites or that cite it. */
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
