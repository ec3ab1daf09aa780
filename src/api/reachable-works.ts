import { builder } from "./builder.ts";
import { type GraphAnswer, GraphAnswerInterface, refsInWords, workIdByRef } from "./graph-works.ts";
import { graphLimits, inWords, readWithin } from "./limits/graph.ts";
import { CitationDirectionEnum } from "./scalars-and-enums.ts";

type ReachableWorks = GraphAnswer & { readonly counts: readonly number[] };

const ReachableWorksObject = builder.objectRef<ReachableWorks>("ReachableWorks");

ReachableWorksObject.implement({
  description: "How many works are reached from one. Where it is `truncated`, there are at least so many.",
  interfaces: [GraphAnswerInterface],
  fields: (t) => ({
    total: t.int({
      description: "All of them together, the work itself among them.",
      resolve: ({ counts }) => counts.reduce((sum, count) => sum + count, 0),
    }),
    counts: t.intList({
      description:
        "By steps, how many works are reached with so many and no fewer: the first is the work itself. It ends with the " +
        "last step that reaches any.",
      resolve: ({ counts }) => [...counts],
    }),
  }),
});

builder.queryField("reachableWorks", (t) =>
  t.field({
    type: ReachableWorksObject,
    description: "How many works are reached from one by following citations, by steps.",
    args: {
      ref: t.arg.string({ required: true, description: `Where to start. ${refsInWords}` }),
      direction: t.arg({
        type: CitationDirectionEnum,
        required: true,
        defaultValue: "REFERENCES",
        description: "Which citations are followed.",
      }),
      maxDepth: t.arg.int({
        required: true,
        defaultValue: 8,
        description: `The most steps: ${inWords(graphLimits.maxDepth)}.`,
      }),
    },
    resolve: async (_root, { ref, direction, maxDepth }, context) => {
      readWithin("maxDepth", maxDepth, graphLimits.maxDepth);
      const workId = await workIdByRef(ref, context);
      return context.graph.ask((service, budget) =>
        service.reachable({ roots: [workId], direction, maxDepth }, budget),
      );
    },
  }),
);
