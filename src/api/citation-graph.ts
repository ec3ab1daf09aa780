import type { NeighbourhoodResult, WithGraphVersion } from "../graph/index.ts";
import { graphLimits, readInRange } from "./argument-limits.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { LazyList, selectedFields } from "./execution/index.ts";
import {
  type GraphResult,
  GraphResultInterface,
  workIdByRef,
  workIdsByRefs,
  workRefForms,
  workRows,
} from "./graph-result.ts";
import type { ColumnSet, Loaders, ReferenceRow, WorkRow } from "./loaders/index.ts";
import { ProvenanceObject, ReferenceObject, WorkObject } from "./objects.ts";
import { provenanceOf } from "./provenance.ts";
import { CitationDirectionEnum } from "./scalars-and-enums.ts";
import { selectedColumns } from "./selected-columns.ts";

type CitationNode = { readonly workId: bigint; readonly depth: number; readonly work: WorkRow | null };
type CitationEdge = {
  readonly nodes: readonly CitationNode[];
  readonly citingIndex: number;
  readonly citedIndex: number;
  readonly isInternalAnchor: boolean;
};

/**
 * A result of the graph. Without columns of works no row is read: depths, positions and counts come from the graph
 * alone. With them, works that were merged into another one since are left out, and positions are adjusted.
 */
class CitationGraph {
  readonly answer: WithGraphVersion<NeighbourhoodResult>;
  readonly #loaders: Loaders;
  readonly #columns: ColumnSet<WorkRow> | null;
  #parts: NodeParts | Promise<NodeParts> | undefined;

  constructor(
    answer: WithGraphVersion<NeighbourhoodResult>,
    columns: ColumnSet<WorkRow> | null,
    loaders: Loaders,
  ) {
    this.answer = answer;
    this.#columns = columns;
    this.#loaders = loaders;
  }

  get truncated(): boolean {
    return this.answer.truncated;
  }

  get graphVersion(): string {
    return this.answer.graphVersion;
  }

  nodes(): readonly CitationNode[] | Promise<readonly CitationNode[]> {
    const parts = this.#readParts();
    return parts instanceof Promise ? parts.then(({ nodes }) => nodes) : parts.nodes;
  }

  edges(): LazyList<CitationEdge> | Promise<LazyList<CitationEdge>> {
    const parts = this.#readParts();
    return parts instanceof Promise ? parts.then((read) => this.#edgesOf(read)) : this.#edgesOf(parts);
  }

  #edgesOf({ nodes, positions }: NodeParts): LazyList<CitationEdge> {
    const { citing, cited, isInternalAnchor } = this.answer.edges;
    const edgeAt = (index: number): CitationEdge => ({
      nodes,
      citingIndex: positions[citing[index] as number] as number,
      citedIndex: positions[cited[index] as number] as number,
      isInternalAnchor: isInternalAnchor[index] === 1,
    });
    if (nodes.length === positions.length) return new LazyList(citing.length, edgeAt);
    const isComplete = (_: unknown, index: number) => {
      const { citingIndex, citedIndex } = edgeAt(index);
      return citingIndex >= 0 && citedIndex >= 0;
    };
    const complete = Uint32Array.from(citing.keys()).filter(isComplete);
    return new LazyList(complete.length, (index) => edgeAt(complete[index] as number));
  }

  #readParts(): NodeParts | Promise<NodeParts> {
    if (this.#parts !== undefined) return this.#parts;
    const works = this.#columns === null ? null : workRows(this.answer.workIds, this.#columns, this.#loaders);
    this.#parts =
      works instanceof Promise
        ? works.then((rows) => nodesOf(this.answer, rows))
        : nodesOf(this.answer, works);
    return this.#parts;
  }
}

/** The nodes; and for each work of the graph's answer its position in `nodes`, or -1 for a work that is left out. */
type NodeParts = { readonly nodes: readonly CitationNode[]; readonly positions: Int32Array };

function nodesOf(
  { workIds, depths }: NeighbourhoodResult,
  works: readonly (WorkRow | null)[] | null,
): NodeParts {
  const nodes: CitationNode[] = [];
  const positions = new Int32Array(workIds.length).fill(-1);
  for (const [place, workId] of workIds.entries()) {
    const work = works?.[place] ?? null;
    if (works !== null && work === null) continue;
    positions[place] = nodes.length;
    nodes.push({ workId, work, depth: depths[place] ?? 0 });
  }
  return { nodes, positions };
}

/** The work of a node. Throws if the graph was read without its works. */
function workOf(node: CitationNode | undefined): WorkRow {
  if (node === undefined || node.work === null) throw new Error("The graph was read without its works.");
  return node.work;
}

const CitationNodeObject = builder.objectRef<CitationNode>("CitationNode");
const CitationEdgeObject = builder.objectRef<CitationEdge>("CitationEdge");
const CitationGraphObject = builder.objectRef<CitationGraph>("CitationGraph");

CitationNodeObject.implement({
  description: "A work in a part of the citation graph.",
  fields: (t) => ({
    work: t.field({ type: WorkObject, description: "The work.", resolve: workOf }),
    depth: t.exposeInt("depth", {
      description: "The distance from the nearest root within this graph. 0 for a root.",
    }),
  }),
});

CitationEdgeObject.implement({
  description: "A citation of one work by another. A work may cite itself.",
  fields: (t) => ({
    citingIndex: t.exposeInt("citingIndex", {
      description: "The position of the citing work in `nodes`, starting at 0.",
    }),
    citedIndex: t.exposeInt("citedIndex", {
      description: "The position of the cited work in `nodes`, starting at 0.",
    }),
    citing: t.field({
      type: WorkObject,
      description: "The citing work: that of `nodes[citingIndex]`.",
      resolve: ({ nodes, citingIndex }) => workOf(nodes[citingIndex]),
    }),
    cited: t.field({
      type: WorkObject,
      description: "The cited work: that of `nodes[citedIndex]`.",
      resolve: ({ nodes, citedIndex }) => workOf(nodes[citedIndex]),
    }),
    isInternalAnchor: t.exposeBoolean("isInternalAnchor", {
      description: "Whether any of its references is an internal anchor (`Reference.isInternalAnchor`).",
    }),
    references: t.field({
      type: [ReferenceObject],
      description:
        "The references of the citing work's papers that name the cited work, best proved first. They are read from the current " +
        "snapshots, which may be newer than `graphVersion`.",
      args: {
        first: t.arg.int({
          required: true,
          defaultValue: 10,
          description: `The number of references. Defaults to 10; maximum ${graphLimits.first[1]}.`,
        }),
      },
      resolve: async (edge, { first }, context) => [
        ...(await referencesBehind(edge, readInRange("first", first, graphLimits.first), context)),
      ],
    }),
    provenance: t.field({
      type: ProvenanceObject,
      nullable: true,
      description:
        "Who asserts the citation, according to its best proved reference. Returns null if the citation was retracted after " +
        "`graphVersion`.",
      resolve: async (edge, _args, context) => {
        const [best] = await referencesBehind(edge, 1, context);
        return best === undefined ? null : provenanceOf(best.paperId, context);
      },
    }),
  }),
});

CitationGraphObject.implement({
  description: "A part of the citation graph: works, and all citations between them.",
  interfaces: [GraphResultInterface],
  fields: (t) => ({
    nodes: t.field({
      type: [CitationNodeObject],
      description:
        "The roots in the order given, then the other works by depth, most cited first; ties have the same order on every mirror.",
      resolve: (graph) => graph.nodes(),
    }),
    edges: t.field({
      type: [CitationEdgeObject],
      description:
        "All citations between the nodes, in either direction, each once, in the order of the citing nodes.",
      resolve: (graph) => graph.edges() as never,
    }),
    nodeCount: t.int({
      description: "The number of nodes.",
      resolve: ({ answer }) => answer.workIds.length,
    }),
    edgeCount: t.int({
      description: "The number of edges.",
      resolve: ({ answer }) => answer.edges.citing.length,
    }),
  }),
});

builder.queryField("citationGraph", (t) =>
  t.field({
    type: CitationGraphObject,
    description:
      "Returns the works that are reached from the roots by following citations, breadth first. If they exceed `maxNodes`, the " +
      "nearest and most cited works are kept, and the roots share the nodes equally.",
    args: {
      roots: t.arg.stringList({
        required: true,
        description: `The works to start from, ${workRefForms}; 1 to ${graphLimits.roots[1]}.`,
      }),
      direction: t.arg({
        type: CitationDirectionEnum,
        required: true,
        defaultValue: "REFERENCES",
        description: "The direction in which citations are followed.",
      }),
      depth: t.arg.int({
        required: true,
        defaultValue: 1,
        description: `The maximum distance from the roots. Defaults to 1; maximum ${graphLimits.depth[1]}.`,
      }),
      maxNodes: t.arg.int({
        required: true,
        defaultValue: 300,
        description: `The maximum number of nodes, including the roots. Defaults to 300; maximum ${graphLimits.maxNodes[1]}.`,
      }),
    },
    resolve: async (_root, { roots, direction, depth, maxNodes }, context, info) => {
      readInRange("depth", depth, graphLimits.depth);
      readInRange("maxNodes", maxNodes, graphLimits.maxNodes);
      const ids = await workIdsByRefs("roots", roots, context);
      const isSelected = (...path: string[]) => selectedFields(info, path).length > 0;
      const withoutEdges = !isSelected("edges") && !isSelected("edgeCount");
      const workPaths = [
        ["nodes", "work"],
        ["edges", "citing"],
        ["edges", "cited"],
      ];
      const withWorks = workPaths.some((path) => isSelected(...path));
      return new CitationGraph(
        await readNeighbourhood({ roots: ids, direction, depth, maxNodes, withoutEdges }, context),
        withWorks ? selectedColumns(info, "Work", workPaths) : null,
        context.loaders,
      );
    },
  }),
);

function referencesBehind(
  { nodes, citingIndex, citedIndex }: CitationEdge,
  limit: number,
  { loaders }: Context,
): Promise<readonly ReferenceRow[]> {
  const citing = nodes[citingIndex] as CitationNode;
  const cited = nodes[citedIndex] as CitationNode;
  return loaders.referencesOfEdge
    .for({ limit })
    .load({ citingWorkId: citing.workId, citedWorkId: cited.workId });
}

type NeighbourhoodQuery = {
  readonly roots: readonly bigint[];
  readonly direction: "REFERENCES" | "CITED_BY" | "BOTH";
  readonly depth: number;
  readonly maxNodes: number;
  readonly withoutEdges: boolean;
};

async function readNeighbourhood(
  query: NeighbourhoodQuery,
  { graph }: Context,
): Promise<WithGraphVersion<NeighbourhoodResult>> {
  const read = () => graph.query((service, budget) => service.neighbourhood(query, budget));
  const answer = await read();
  if (includesRoots(answer, query)) return answer;
  // The tables have a root that memory does not have yet: it was imported a moment ago.
  await graph.catchUp();
  return read();
}

function includesRoots({ depths }: NeighbourhoodResult, { roots, maxNodes }: NeighbourhoodQuery): boolean {
  const rootCount = Math.min(roots.length, maxNodes);
  return rootCount === 0 || (depths.length >= rootCount && depths[rootCount - 1] === 0);
}

type ReachableWorks = GraphResult & { readonly counts: readonly number[] };

const ReachableWorksObject = builder.objectRef<ReachableWorks>("ReachableWorks").implement({
  description:
    "The number of works that are reached from one. If it is `truncated`, the counts are lower bounds.",
  interfaces: [GraphResultInterface],
  fields: (t) => ({
    total: t.int({
      description: "The number of works in all, including the start.",
      resolve: ({ counts }) => counts.reduce((sum, count) => sum + count, 0),
    }),
    counts: t.intList({
      description:
        "The number of works by distance: `counts[0]` is the start itself, `counts[n]` the works whose shortest path has n citations.",
      resolve: ({ counts }) => [...counts],
    }),
  }),
});

builder.queryField("reachableWorks", (t) =>
  t.field({
    type: ReachableWorksObject,
    description: "Counts the works that are reached from one by following citations, by distance.",
    args: {
      ref: t.arg.string({ required: true, description: `The work to start from, ${workRefForms}.` }),
      direction: t.arg({
        type: CitationDirectionEnum,
        required: true,
        defaultValue: "REFERENCES",
        description: "The direction in which citations are followed.",
      }),
      maxDepth: t.arg.int({
        required: true,
        defaultValue: 8,
        description: `The maximum distance. Defaults to 8; maximum ${graphLimits.maxDepth[1]}.`,
      }),
    },
    resolve: async (_root, { ref, direction, maxDepth }, context) => {
      readInRange("maxDepth", maxDepth, graphLimits.maxDepth);
      const workId = await workIdByRef(ref, context);
      return context.graph.query((service, budget) =>
        service.reachable({ roots: [workId], direction, maxDepth }, budget),
      );
    },
  }),
);
