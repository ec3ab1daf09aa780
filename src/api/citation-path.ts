import type { CitationDirection } from "../graph/index.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { ApiError } from "./errors.ts";
import { refsInWords, workIdByRef, worksOf } from "./graph-works.ts";
import { graphLimits, inWords, readWithin } from "./limits/graph.ts";
import type { WorkRow } from "./loaders/papers.ts";
import { WorkObject } from "./objects.ts";
import { CitationDirectionEnum } from "./scalars-and-enums.ts";

type CitationPath = { readonly works: readonly WorkRow[]; readonly graphVersion: string };

const CitationPathObject = builder.objectRef<CitationPath>("CitationPath");

CitationPathObject.implement({
  description: "A way from one work to another along citations.",
  fields: (t) => ({
    length: t.int({
      description: "How many citations it goes along; 0 from a work to itself.",
      resolve: ({ works }) => works.length - 1,
    }),
    works: t.field({
      type: [WorkObject],
      description: "The works on the way, both ends among them: one more than `length`.",
      resolve: ({ works }) => [...works],
    }),
    graphVersion: t.string({
      description: "What it was computed at: see `Status.graphVersion`.",
      resolve: ({ graphVersion }) => graphVersion,
    }),
  }),
});

builder.queryField("citationPath", (t) =>
  t.field({
    type: CitationPathObject,
    nullable: true,
    description:
      "A shortest way from one work to another along citations; of several always the same one. Null where there is " +
      "none within `maxDepth`. QUERY_TOO_COMPLEX where the budget ended before that was known.",
    args: {
      from: t.arg.string({ required: true, description: `Where it begins. ${refsInWords}` }),
      to: t.arg.string({ required: true, description: `Where it ends. ${refsInWords}` }),
      direction: t.arg({
        type: CitationDirectionEnum,
        required: true,
        defaultValue: "REFERENCES",
        description: "Which citations it may go along, seen from `from`.",
      }),
      maxDepth: t.arg.int({
        required: true,
        defaultValue: 8,
        description: `The most citations that it may go along: ${inWords(graphLimits.maxDepth)}.`,
      }),
    },
    resolve: async (_root, { from, to, direction, maxDepth }, context) => {
      readWithin("maxDepth", maxDepth, graphLimits.maxDepth);
      return shortestPath({ from, to, direction, maxDepth }, context);
    },
  }),
);

type Question = {
  readonly from: string;
  readonly to: string;
  readonly direction: CitationDirection;
  readonly maxDepth: number;
};

/** How often a path is looked for, where works on it go away before they are read. */
const attempts = 3;

async function shortestPath(question: Question, context: Context): Promise<CitationPath | null> {
  const { from, to, ...options } = question;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const { graph, loaders } = context;
    // Each time anew: the ends may be joined with others as well.
    const [first, last] = await Promise.all([workIdByRef(from, context), workIdByRef(to, context)]);
    const { workIds, truncated, graphVersion } = await graph.ask((service, budget) =>
      service.path({ from: first, to: last, ...options }, budget),
    );
    if (workIds === null) {
      if (!truncated) return null;
      throw new ApiError(
        "QUERY_TOO_COMPLEX",
        "The search for a path used up its budget before it found one. Ask for a smaller `maxDepth`, or one direction.",
      );
    }
    const works = await worksOf(workIds, loaders);
    const held = works.filter((work) => work !== null);
    if (held.length === works.length) return { works: held, graphVersion };
    // A work on it was joined with another a moment ago: memory will hear of it. Or it came a moment ago, and a
    // replica will.
    await graph.catchUp();
    Object.assign(context, context.renew());
  }
  throw new ApiError("GRAPH_UNAVAILABLE", "The works on the path keep changing: ask again shortly.");
}
