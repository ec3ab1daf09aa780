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

/** The work that a name leads to. */
export const workRefQuery = graphql(`
  query WorkName($ref: String!) {
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

/** What of a place is asked about; the rest is only how it is shown. */
export type GraphRequest = Pick<
  GraphParams,
  "roots" | "direction" | "depth" | "maxWorks" | "expanded" | "path"
>;

export type PathResult =
  /** Ids of the works on it, from end to end, and which way the citations were followed. */
  | { readonly state: "found"; readonly direction: Direction; readonly works: readonly string[] }
  | { readonly state: "none" }
  | { readonly state: "failed"; readonly reason: string };

export type LoadedGraph = {
  readonly neighbourhood: Neighbourhood;
  /** The variables of `neighbourhoodQuestion`. */
  readonly variables: Variables;
  /** Whether works were added by questions of their own: then citations between these and the others may be missing. */
  readonly hasAddedWorks: boolean;
  readonly path: PathResult | null;
  /** Names in the address that this mirror knows no work by; the others are shown. */
  readonly unknownRefs: readonly string[];
};

type Variables = {
  readonly roots: string[];
  readonly direction: Direction;
  readonly depth: number;
  readonly maxNodes: number;
};

/** How many more works an expanded one brings along. */
const maxPerExpansion = 100;
const maxWorksInTotal = Math.max(...maxWorksChoices);

/** Codes of errors that one wrong name among several may cause. */
const refErrorCodes = new Set(["NOT_FOUND", "BAD_USER_INPUT", "AMBIGUOUS_REF"]);

/**
 * Queries everything that a place shows of the graph, without the names that are unknown. Rejects with an AskError
 * where none is known, or as the signal says.
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
  // Of a crowded neighbourhood the works cited most are shown: those around an expanded one may not be among them.
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

/** A shortest way along references; else, against them; else, either way. */
async function loadPath([from, to]: readonly [string, string], signal: AbortSignal): Promise<LoadedPath> {
  try {
    for (const direction of ["REFERENCES", "CITED_BY", "BOTH"] as const) {
      const { citationPath } = await request(pathQuery, { from, to, direction }, signal);
      if (citationPath === null) continue;
      const roots = citationPath.works.map(refOf);
      // What they are, and all citations between them.
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

/** Works that were not reached from those asked about, but named by a path. */
function withoutDepth({ works }: Neighbourhood): Neighbourhood["works"] {
  return new Map([...works].map(([id, work]) => [id, { ...work, depth: null }]));
}
