import type { Citation, GraphWork, Neighbourhood } from "../../web/src/graph/neighbourhood.ts";
import { trusts } from "../../web/src/proof/trust.ts";

/** A work with these fields; all others are empty. */
export function work(id: string, given: Partial<GraphWork> = {}): GraphWork {
  return {
    id,
    ref: id,
    title: `Title of ${id}`,
    authors: [],
    year: null,
    statedYear: null,
    submittedAt: null,
    category: null,
    verification: null,
    trust: null,
    pithNumber: null,
    arxivId: null,
    doi: null,
    citedByCount: 0,
    referenceCount: null,
    depth: 1,
    ...given,
  };
}

export function neighbourhood(
  works: readonly GraphWork[],
  citations: readonly (readonly [citing: string, cited: string])[] = [],
): Neighbourhood {
  return {
    works: new Map(works.map((each) => [each.id, each])),
    citations: citations.map(([citing, cited]): Citation => ({ citing, cited, isInternalAnchor: false })),
    isTruncated: false,
    graphVersion: "7",
  };
}

/** Works of several years, each citing older ones. Deterministic for a count. */
export function generateGraph(count: number): Neighbourhood {
  const works = Array.from({ length: count }, (_, index) =>
    work(`w${index}`, {
      year: 1992 + Math.floor((12 * index) / count),
      citedByCount: Math.floor((count * 3) / (index + 1)),
      depth: index === 0 ? 0 : 1 + (index % 2),
      category: ["hep-th", "gr-qc", "cs.LG", null][index % 4] ?? null,
      trust: [...trusts, null][index % 6] ?? null,
    }),
  );
  const citations = works.flatMap((_, index) =>
    index === 0
      ? []
      : [...new Set([0, Math.floor(index / 2), Math.floor(index / 3), index - 1])].map(
          (older) => [`w${index}`, `w${older}`] as const,
        ),
  );
  return neighbourhood(works, citations);
}
