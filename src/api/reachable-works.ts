import { builder } from "./builder.ts";
import { anyWorkRef, type GraphResult, GraphResultInterface, workIdByRef } from "./graph-works.ts";
import { graphLimits, readWithin } from "./limits/index.ts";
import { CitationDirectionEnum } from "./scalars-and-enums.ts";

type ReachableWorks = GraphResult & { readonly counts: readonly number[] };

const ReachableWorksObject = builder.objectRef<ReachableWorks>("ReachableWorks");

ReachableWorksObject.implement({
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
      ref: t.arg.string({ required: true, description: `The work to start from, ${anyWorkRef}.` }),
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
      readWithin("maxDepth", maxDepth, graphLimits.maxDepth);
      const workId = await workIdByRef(ref, context);
      return context.graph.ask((service, budget) =>
        service.reachable({ roots: [workId], direction, maxDepth }, budget),
      );
    },
  }),
);
