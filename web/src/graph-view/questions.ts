import { graphql, type ResultOf } from "../api/graphql.ts";
import { bareWorkFragment, verificationFragment } from "../api/shown-fragments.ts";
import { trustOf } from "../proof/trust.ts";
import type { GraphWork, Neighbourhood } from "./neighbourhood.ts";

export const neighbourhoodQuestion = graphql(
  `
  query Neighbourhood($roots: [String!]!, $direction: CitationDirection!, $depth: Int!, $maxNodes: Int!) {
    citationGraph(roots: $roots, direction: $direction, depth: $depth, maxNodes: $maxNodes) {
      nodes {
        depth
        work {
          ...BareWork
          referenceCount
          paper {
            pithNumber
            authors
            primaryCategory
            submittedAt
            verification {
              ...ShownVerification
            }
          }
        }
      }
      edges {
        citing {
          id
        }
        cited {
          id
        }
        isInternalAnchor
      }
      truncated
      graphVersion
    }
  }
`,
  [bareWorkFragment, verificationFragment],
);

export const pathQuestion = graphql(`
  query Path($from: String!, $to: String!, $direction: CitationDirection!) {
    citationPath(from: $from, to: $to, direction: $direction) {
      length
      works {
        id
        workIds
        arxivId
        doi
      }
    }
  }
`);

/** The work that a name leads to. */
export const workNameQuestion = graphql(`
  query WorkName($ref: String!) {
    work(ref: $ref) {
      id
      workIds
      arxivId
      doi
    }
  }
`);

type Answer = ResultOf<typeof neighbourhoodQuestion>["citationGraph"];
type Node = Answer["nodes"][number];

/** An answer of the API as what is drawn. */
export function neighbourhoodOf({ nodes, edges, truncated, graphVersion }: Answer): Neighbourhood {
  return {
    works: new Map(nodes.map((node) => [node.work.id, workOf(node)])),
    citations: edges.map(({ citing, cited, isInternalAnchor }) => ({
      citing: citing.id,
      cited: cited.id,
      isInternalAnchor,
    })),
    isTruncated: truncated,
    graphVersion,
  };
}

function workOf({ depth, work }: Node): GraphWork {
  const { paper } = work;
  return {
    id: work.id,
    ref: refOf(work),
    title: work.title,
    authors: paper?.authors ?? [],
    year: work.year,
    statedYear: work.statedYear,
    submittedAt: paper?.submittedAt ?? null,
    category: paper?.primaryCategory ?? null,
    verification: paper?.verification ?? null,
    trust: paper === null ? null : trustOf(paper.verification),
    pithNumber: paper?.pithNumber ?? null,
    arxivId: work.arxivId,
    doi: work.doi,
    citedByCount: work.citedByCount,
    referenceCount: work.referenceCount,
    depth,
  };
}

/** The name by which a work is queried. */
export function refOf({
  arxivId,
  doi,
  workIds,
}: {
  readonly arxivId: string | null;
  readonly doi: string | null;
  readonly workIds: readonly string[];
}): string {
  return arxivId ?? doi ?? workIds[0] ?? "";
}
