import {
  ApiError,
  graphql,
  type ResultOf,
  refOf,
  request,
  verificationFragment,
  workFragment,
} from "../api/index.ts";
import { trustOf } from "../proof/index.ts";
import { plainMessage } from "../ui/index.ts";
import { type Direction, type GraphParams, maxWorksChoices } from "./graph-url.ts";
import { type GraphWork, mergeNeighbourhoods, type Neighbourhood } from "./neighbourhood.ts";

export const neighbourhoodQuery = graphql(
  `
  query Neighbourhood($roots: [String!]!, $direction: CitationDirection!, $depth: Int!, $maxNodes: Int!) {
    citationGraph(roots: $roots, direction: $direction, depth: $depth, maxNodes: $maxNodes) {
      nodes {
        depth
        work {
          ...WorkSummary
          referenceCount
          paper {
            pithNumber
            authors
            primaryCategory
            submittedAt
            verification {
              ...VerificationFields
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
  [workFragment, verificationFragment],
);

export const pathQuery = graphql(`
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

/** The work that a ref resolves to. */
export const workRefQuery = graphql(`
  query WorkRef($ref: String!) {
    work(ref: $ref) {
      id
      workIds
      arxivId
      doi
    }
  }
`);

type GraphResponse = ResultOf<typeof neighbourhoodQuery>["citationGraph"];
type Node = GraphResponse["nodes"][number];

/** An answer of the API as what is drawn. */
export function toNeighbourhood({ nodes, edges, truncated, graphVersion }: GraphResponse): Neighbourhood {
  return {
    works: new Map(nodes.map((node) => [node.work.id, toGraphWork(node)])),
    citations: edges.map(({ citing, cited, isInternalAnchor }) => ({
      citing: citing.id,
      cited: cited.id,
      isInternalAnchor,
    })),
    isTruncated: truncated,
    graphVersion,
  };
}

function toGraphWork({ depth, work }: Node): GraphWork {
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

/** The part of the page's state that requires a query; the rest only affects how the graph is shown. */
export type GraphRequest = Pick<
  GraphParams,
  "roots" | "direction" | "depth" | "maxWorks" | "expanded" | "path"
>;

export type PathResult =
  /** Ids of the works from one end to the other, and the direction in which citations were followed. */
  | { readonly state: "found"; readonly direction: Direction; readonly works: readonly string[] }
  | { readonly state: "none" }
  | { readonly state: "failed"; readonly reason: string };

export type LoadedGraph = {
  readonly neighbourhood: Neighbourhood;
  /** The variables of `neighbourhoodQuery`. */
  readonly variables: Variables;
  /** Whether separate queries added works: citations between these and the others may be missing. */
  readonly hasAddedWorks: boolean;
  readonly path: PathResult | null;
  /** Refs in the URL that match no work of this mirror. The others are shown. */
  readonly unknownRefs: readonly string[];
};

type Variables = {
  readonly roots: string[];
  readonly direction: Direction;
  readonly depth: number;
  readonly maxNodes: number;
};

/** How many works an expansion adds at most. */
const maxPerExpansion = 100;
const maxWorksInTotal = Math.max(...maxWorksChoices);

/** Error codes that a single unknown ref can cause. */
const refErrorCodes = new Set(["NOT_FOUND", "BAD_USER_INPUT", "AMBIGUOUS_REF"]);

/**
 * Loads everything that a request shows, leaving out refs that match no work. Rejects with an ApiError if none of
 * them does, or with the signal's reason if aborted.
 */
export async function loadGraph(graphRequest: GraphRequest, signal: AbortSignal): Promise<LoadedGraph> {
  try {
    return await loadKnownRefs(graphRequest, signal);
  } catch (error) {
    if (!(error instanceof ApiError && refErrorCodes.has(error.code))) throw error;
    const refs = [...graphRequest.roots, ...graphRequest.expanded];
    const found = await Promise.all(refs.map((ref) => workExists(ref, signal)));
    const unknownRefs = refs.filter((_, index) => found[index] === false);
    const roots = graphRequest.roots.filter((ref) => !unknownRefs.includes(ref));
    if (roots.length === 0 || unknownRefs.length === 0) throw error;
    const expanded = graphRequest.expanded.filter((ref) => !unknownRefs.includes(ref));
    return { ...(await loadKnownRefs({ ...graphRequest, roots, expanded }, signal)), unknownRefs };
  }
}

async function workExists(ref: string, signal: AbortSignal): Promise<boolean> {
  try {
    return (await request(workRefQuery, { ref }, signal)).work !== null;
  } catch (error) {
    if (error instanceof ApiError && refErrorCodes.has(error.code)) return false;
    throw error;
  }
}

async function loadKnownRefs(graphRequest: GraphRequest, signal: AbortSignal): Promise<LoadedGraph> {
  const { roots, direction, depth, maxWorks, expanded } = graphRequest;
  const more = expanded.filter((ref) => !roots.includes(ref));
  const variables: Variables = {
    roots: [...roots, ...more],
    direction,
    depth,
    maxNodes: Math.min(maxWorksInTotal, maxWorks + maxPerExpansion * more.length),
  };
  const [main, path] = await Promise.all([
    loadNeighbourhood(variables, signal),
    graphRequest.path === null ? null : loadPath(graphRequest.path, signal),
  ]);
  const added: Neighbourhood[] = [];
  // A truncated neighbourhood has only the most cited works, which may not include those around an expanded one.
  if (main.isTruncated && more.length > 0) {
    added.push(
      ...(await Promise.all(
        more.map((root) =>
          loadNeighbourhood({ roots: [root], direction, depth: 1, maxNodes: maxPerExpansion }, signal),
        ),
      )),
    );
  }
  if (path?.neighbourhood !== undefined) added.push(path.neighbourhood);
  return {
    neighbourhood: mergeNeighbourhoods([main, ...added]),
    variables,
    hasAddedWorks: added.some(({ works }) => [...works.keys()].some((id) => !main.works.has(id))),
    path: path?.result ?? null,
    unknownRefs: [],
  };
}

async function loadNeighbourhood(variables: Variables, signal: AbortSignal): Promise<Neighbourhood> {
  return toNeighbourhood((await request(neighbourhoodQuery, variables, signal)).citationGraph);
}

type LoadedPath = { readonly result: PathResult; readonly neighbourhood?: Neighbourhood };

/** Looks for a shortest path along references, then along citations, then in either direction. */
async function loadPath([from, to]: readonly [string, string], signal: AbortSignal): Promise<LoadedPath> {
  try {
    for (const direction of ["REFERENCES", "CITED_BY", "BOTH"] as const) {
      const { citationPath } = await request(pathQuery, { from, to, direction }, signal);
      if (citationPath === null) continue;
      const roots = citationPath.works.map(refOf);
      // The works on the path with all citations between them.
      const neighbourhood = await loadNeighbourhood(
        { roots, direction: "BOTH", depth: 0, maxNodes: roots.length },
        signal,
      );
      return {
        result: { state: "found", direction, works: citationPath.works.map(({ id }) => id) },
        neighbourhood: { ...neighbourhood, works: withoutDepth(neighbourhood) },
      };
    }
    return { result: { state: "none" } };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { result: { state: "failed", reason: plainMessage(error.message) } };
  }
}

/** These works are on a path and have no distance from the roots. */
function withoutDepth({ works }: Neighbourhood): Neighbourhood["works"] {
  return new Map([...works].map(([id, work]) => [id, { ...work, depth: null }]));
}
