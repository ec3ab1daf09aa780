import {
  AskError,
  ask,
  bareWorkFragment,
  graphql,
  type ResultOf,
  refOf,
  verificationFragment,
} from "../api/index.ts";
import { trustOf } from "../proof/index.ts";
import { plainMessage } from "../ui/index.ts";
import { type Direction, type GraphPlace, sizes } from "./graph-url.ts";
import { type GraphWork, joined, type Neighbourhood } from "./neighbourhood.ts";

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

/** What of a place is asked about; the rest is only how it is shown. */
export type Asked = Pick<GraphPlace, "of" | "direction" | "depth" | "most" | "expanded" | "path">;

export type FoundPath =
  /** Ids of the works on it, from end to end, and which way the citations were followed. */
  | { readonly state: "found"; readonly direction: Direction; readonly works: readonly string[] }
  | { readonly state: "none" }
  | { readonly state: "failed"; readonly reason: string };

export type GraphAnswer = {
  readonly neighbourhood: Neighbourhood;
  /** The variables of `neighbourhoodQuestion`. */
  readonly variables: Variables;
  /** Whether works were added by questions of their own: then citations between these and the others may be missing. */
  readonly hasAdded: boolean;
  readonly path: FoundPath | null;
  /** Names in the address that this mirror knows no work by; the others are shown. */
  readonly unknown: readonly string[];
};

type Variables = {
  readonly roots: string[];
  readonly direction: Direction;
  readonly depth: number;
  readonly maxNodes: number;
};

/** How many more works an expanded one brings along. */
const mostOfOne = 100;
const mostOfAll = Math.max(...sizes);

/** Codes of errors that one wrong name among several may cause. */
const nameCodes = new Set(["NOT_FOUND", "BAD_USER_INPUT", "AMBIGUOUS_REF"]);

/**
 * Queries everything that a place shows of the graph, without the names that are unknown. Rejects with an AskError
 * where none is known, or as the signal says.
 */
export async function askGraph(asked: Asked, signal: AbortSignal): Promise<GraphAnswer> {
  try {
    return await askKnown(asked, signal);
  } catch (error) {
    if (!(error instanceof AskError && nameCodes.has(error.code))) throw error;
    const names = [...asked.of, ...asked.expanded];
    const found = await Promise.all(names.map((name) => isWork(name, signal)));
    const unknown = names.filter((_, index) => found[index] === false);
    const of = asked.of.filter((name) => !unknown.includes(name));
    if (of.length === 0 || unknown.length === 0) throw error;
    const expanded = asked.expanded.filter((name) => !unknown.includes(name));
    return { ...(await askKnown({ ...asked, of, expanded }, signal)), unknown };
  }
}

async function isWork(ref: string, signal: AbortSignal): Promise<boolean> {
  try {
    return (await ask(workNameQuestion, { ref }, signal)).work !== null;
  } catch (error) {
    if (error instanceof AskError && nameCodes.has(error.code)) return false;
    throw error;
  }
}

async function askKnown(asked: Asked, signal: AbortSignal): Promise<GraphAnswer> {
  const { of, direction, depth, most, expanded } = asked;
  const more = expanded.filter((ref) => !of.includes(ref));
  const variables: Variables = {
    roots: [...of, ...more],
    direction,
    depth,
    maxNodes: Math.min(mostOfAll, most + mostOfOne * more.length),
  };
  const [main, path] = await Promise.all([
    askNeighbourhood(variables, signal),
    asked.path === null ? null : askPath(asked.path, signal),
  ]);
  const added: Neighbourhood[] = [];
  // Of a crowded neighbourhood the works cited most are shown: those around an expanded one may not be among them.
  if (main.isTruncated && more.length > 0) {
    added.push(
      ...(await Promise.all(
        more.map((root) =>
          askNeighbourhood({ roots: [root], direction, depth: 1, maxNodes: mostOfOne }, signal),
        ),
      )),
    );
  }
  if (path?.neighbourhood !== undefined) added.push(path.neighbourhood);
  return {
    neighbourhood: joined([main, ...added]),
    variables,
    hasAdded: added.some(({ works }) => [...works.keys()].some((id) => !main.works.has(id))),
    path: path?.found ?? null,
    unknown: [],
  };
}

async function askNeighbourhood(variables: Variables, signal: AbortSignal): Promise<Neighbourhood> {
  return neighbourhoodOf((await ask(neighbourhoodQuestion, variables, signal)).citationGraph);
}

type PathAnswer = { readonly found: FoundPath; readonly neighbourhood?: Neighbourhood };

/** A shortest way along references; else, against them; else, either way. */
async function askPath([from, to]: readonly [string, string], signal: AbortSignal): Promise<PathAnswer> {
  try {
    for (const direction of ["REFERENCES", "CITED_BY", "BOTH"] as const) {
      const { citationPath } = await ask(pathQuestion, { from, to, direction }, signal);
      if (citationPath === null) continue;
      const roots = citationPath.works.map(refOf);
      // What they are, and all citations between them.
      const neighbourhood = await askNeighbourhood(
        { roots, direction: "BOTH", depth: 0, maxNodes: roots.length },
        signal,
      );
      return {
        found: { state: "found", direction, works: citationPath.works.map(({ id }) => id) },
        neighbourhood: { ...neighbourhood, works: withoutDepth(neighbourhood) },
      };
    }
    return { found: { state: "none" } };
  } catch (error) {
    if (!(error instanceof AskError)) throw error;
    return { found: { state: "failed", reason: plainMessage(error.message) } };
  }
}

/** Works that were not reached from those asked about, but named by a path. */
function withoutDepth({ works }: Neighbourhood): Neighbourhood["works"] {
  return new Map([...works].map(([id, work]) => [id, { ...work, depth: null }]));
}
