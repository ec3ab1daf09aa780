import type { Answered, NeighbourhoodAnswer } from "../graph/index.ts";
import { isAsked } from "./asked-fields.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { GraphAnswerInterface, workIdsByRefs, worksInWords, worksOf } from "./graph-works.ts";
import { graphLimits, inWords, readWithin } from "./limits/graph.ts";
import type { Loaders } from "./loaders/index.ts";
import type { WorkRow } from "./loaders/papers.ts";
import type { ReferenceRow } from "./loaders/references.ts";
import { ProvenanceObject, ReferenceObject, WorkObject } from "./objects.ts";
import { provenanceOf } from "./provenance.ts";
import { CitationDirectionEnum } from "./scalars-and-enums.ts";

type CitationNode = { readonly work: WorkRow; readonly depth: number };
type CitationEdge = {
  readonly citing: WorkRow;
  readonly cited: WorkRow;
  readonly isInternalAnchor: boolean;
};

/** An answer of the graph. Its works are read once somebody asks for nodes or edges. */
class CitationGraph {
  readonly answer: Answered<NeighbourhoodAnswer>;
  readonly #loaders: Loaders;
  #works: (WorkRow | null)[] | Promise<(WorkRow | null)[]> | undefined;

  constructor(answer: Answered<NeighbourhoodAnswer>, loaders: Loaders) {
    this.answer = answer;
    this.#loaders = loaders;
  }

  get truncated(): boolean {
    return this.answer.truncated;
  }

  get graphVersion(): string {
    return this.answer.graphVersion;
  }

  nodes(): CitationNode[] | Promise<CitationNode[]> {
    const works = this.#readWorks();
    return works instanceof Promise ? works.then((read) => this.#nodesOf(read)) : this.#nodesOf(works);
  }

  #nodesOf(works: readonly (WorkRow | null)[]): CitationNode[] {
    const { depths } = this.answer;
    const nodes: CitationNode[] = [];
    for (const [place, work] of works.entries()) {
      if (work !== null) nodes.push({ work, depth: depths[place] ?? 0 });
    }
    return nodes;
  }

  async edges(): Promise<CitationEdge[]> {
    const works = await this.#readWorks();
    const { citing, cited, isInternalAnchor } = this.answer.edges;
    const edges: CitationEdge[] = [];
    for (const [index, from] of citing.entries()) {
      const citingWork = works[from] ?? null;
      const citedWork = works[cited[index] ?? -1] ?? null;
      if (citingWork === null || citedWork === null) continue;
      edges.push({ citing: citingWork, cited: citedWork, isInternalAnchor: isInternalAnchor[index] === 1 });
    }
    return edges;
  }

  #readWorks(): (WorkRow | null)[] | Promise<(WorkRow | null)[]> {
    this.#works ??= worksOf(this.answer.workIds, this.#loaders);
    return this.#works;
  }
}

const CitationNodeObject = builder.objectRef<CitationNode>("CitationNode");
const CitationEdgeObject = builder.objectRef<CitationEdge>("CitationEdge");
const CitationGraphObject = builder.objectRef<CitationGraph>("CitationGraph");

CitationNodeObject.implement({
  description: "A work in a part of the citation graph.",
  fields: (t) => ({
    work: t.field({
      type: WorkObject,
      description: "The work, whether a paper of it is held or not.",
      resolve: ({ work }) => work,
    }),
    depth: t.exposeInt("depth", {
      description: "Steps from the nearest root, through nodes of this graph; 0 for the roots themselves.",
    }),
  }),
});

CitationEdgeObject.implement({
  description: "That one work cites another, or, as happens, itself.",
  fields: (t) => ({
    citing: t.field({
      type: WorkObject,
      description: "The work that cites; among `nodes`.",
      resolve: ({ citing }) => citing,
    }),
    cited: t.field({
      type: WorkObject,
      description: "The work that is cited; among `nodes`.",
      resolve: ({ cited }) => cited,
    }),
    isInternalAnchor: t.exposeBoolean("isInternalAnchor", {
      description: "Whether any of the references behind it is marked as an internal anchor.",
    }),
    references: t.field({
      type: [ReferenceObject],
      description:
        "The references behind it: those of the citing work's papers that name the cited work. They change with the " +
        "papers, so they may be of a later moment than `graphVersion`, and none where the citation was taken back since.",
      args: {
        first: t.arg.int({
          required: true,
          defaultValue: 10,
          description: `How many: ${inWords(graphLimits.first)}.`,
        }),
      },
      resolve: async (edge, { first }, context) => [
        ...(await referencesBehind(edge, readWithin("first", first, graphLimits.first), context)),
      ],
    }),
    provenance: t.field({
      type: ProvenanceObject,
      nullable: true,
      description:
        "Who says that the one cites the other: of the references behind it the best proved. `references` has each " +
        "with its own. Null where the citation was taken back since `graphVersion`.",
      resolve: async (edge, _args, context) => {
        const [best] = await referencesBehind(edge, 1, context);
        return best === undefined ? null : provenanceOf(best.paperId, context);
      },
    }),
  }),
});

CitationGraphObject.implement({
  description: "A part of the citation graph: works, and all citations between them.",
  interfaces: [GraphAnswerInterface],
  fields: (t) => ({
    nodes: t.field({
      type: [CitationNodeObject],
      description:
        "The roots in the order given, then by depth; at each depth most cited first, equals by an internal number, " +
        "the same on every mirror. A work that was joined with another since `graphVersion` is left out.",
      resolve: (graph) => graph.nodes(),
    }),
    edges: t.field({
      type: [CitationEdgeObject],
      description:
        "All citations between the nodes, whichever direction was followed; each once, in the order of the citing nodes.",
      resolve: (graph) => graph.edges(),
    }),
    nodeCount: t.int({
      description: "How many nodes there are, for who needs no more: no work is read for it.",
      resolve: ({ answer }) => answer.workIds.length,
    }),
    edgeCount: t.int({
      description: "How many edges there are.",
      resolve: ({ answer }) => answer.edges.citing.length,
    }),
  }),
});

builder.queryField("citationGraph", (t) =>
  t.field({
    type: CitationGraphObject,
    description:
      "What is reached from works by following citations, breadth first. Where not all of a depth fits into `maxNodes`, " +
      "the works cited most are kept, and nothing beyond. Several roots then share `maxNodes` equally.",
    args: {
      roots: t.arg.stringList({
        required: true,
        description: `Where to start. ${worksInWords("roots")}`,
      }),
      direction: t.arg({
        type: CitationDirectionEnum,
        required: true,
        defaultValue: "REFERENCES",
        description: "Which citations are followed.",
      }),
      depth: t.arg.int({
        required: true,
        defaultValue: 1,
        description: `Steps from the roots at most: ${inWords(graphLimits.depth)}.`,
      }),
      maxNodes: t.arg.int({
        required: true,
        defaultValue: 300,
        description:
          `Nodes at most, the roots among them: ${inWords(graphLimits.maxNodes)}. Where not everything fits, the roots ` +
          "take turns: each adds the next work of its own neighbourhood, nearest first, then most cited first. A root " +
          "that reaches fewer works than its share leaves the rest to the others.",
      }),
    },
    resolve: async (_root, { roots, direction, depth, maxNodes }, context, info) => {
      readWithin("depth", depth, graphLimits.depth);
      readWithin("maxNodes", maxNodes, graphLimits.maxNodes);
      const ids = await workIdsByRefs("roots", roots, context);
      const withoutEdges = !isAsked(info, ["edges", "edgeCount"]);
      return new CitationGraph(
        await around({ roots: ids, direction, depth, maxNodes, withoutEdges }, context),
        context.loaders,
      );
    },
  }),
);

function referencesBehind(
  { citing, cited }: CitationEdge,
  limit: number,
  { loaders }: Context,
): Promise<readonly ReferenceRow[]> {
  return loaders.referencesOfEdge
    .of({ limit })
    .load({ citingWorkId: citing.workId, citedWorkId: cited.workId });
}

type Question = {
  readonly roots: readonly bigint[];
  readonly direction: "REFERENCES" | "CITED_BY" | "BOTH";
  readonly depth: number;
  readonly maxNodes: number;
  readonly withoutEdges: boolean;
};

async function around(question: Question, { graph }: Context): Promise<Answered<NeighbourhoodAnswer>> {
  const ask = () => graph.ask((service, budget) => service.neighbourhood(question, budget));
  const answer = await ask();
  if (holdsRoots(answer, question)) return answer;
  // The tables know a root that memory has not heard of yet: it came a moment ago.
  await graph.catchUp();
  return ask();
}

function holdsRoots({ depths }: NeighbourhoodAnswer, { roots, maxNodes }: Question): boolean {
  const wanted = Math.min(roots.length, maxNodes);
  return wanted === 0 || (depths.length >= wanted && depths[wanted - 1] === 0);
}
