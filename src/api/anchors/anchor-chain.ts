import { anchorChainInSql } from "../../graph/index.ts";
import { builder } from "../builder.ts";
import { ApiError } from "../errors.ts";
import { type GraphResult, GraphResultInterface } from "../graph-answer.ts";
import { anyWorkRef, workIdByRef, worksOf } from "../graph-works.ts";
import type { WorkRow } from "../loaders/works.ts";
import { WorkObject } from "../objects.ts";

type AnchorChain = GraphResult & { readonly works: readonly WorkRow[] };

const AnchorChainObject = builder.objectRef<AnchorChain>("AnchorChain");

AnchorChainObject.implement({
  description: "A chain of works, each citing the next one through an internal anchor.",
  interfaces: [GraphResultInterface],
  fields: (t) => ({
    works: t.field({
      type: [WorkObject],
      description: "The works from `from` to the last anchor. Only `from` if it has no internal anchor.",
      resolve: ({ works }) => works,
    }),
    length: t.int({
      description: "The number of internal anchors along the chain: one less than the number of works.",
      resolve: ({ works }) => works.length - 1,
    }),
  }),
});

builder.queryField("anchorChain", (t) =>
  t.field({
    type: AnchorChainObject,
    nullable: true,
    description:
      "Finds the longest chain of internal anchors from a work back in time: each paper was submitted before the one that cites " +
      "it. A chain ends at a work without a stored paper; among equally long chains every mirror returns the same one.",
    args: {
      from: t.arg.string({ required: true, description: `The first work, ${anyWorkRef}.` }),
      to: t.arg.string({
        description: `The last work, ${anyWorkRef}. Defaults to any work. The result is null if no chain leads there.`,
      }),
    },
    resolve: async (_root, { from, to }, context) => {
      const { graph, database, loaders } = context;
      const begin = await workIdByRef(from, context);
      const end = typeof to === "string" ? await workIdByRef(to, context) : null;
      const answer = await graph.ask((_service, budget) =>
        anchorChainInSql(database.pool, { from: begin, to: end }, budget),
      );
      const { workIds, truncated, graphVersion } = answer;
      if (workIds === null) {
        if (!truncated) return null;
        throw new ApiError("QUERY_TOO_COMPLEX", "The time budget ran out before a chain was found.");
      }
      const works = (await worksOf(workIds, loaders)).filter((work) => work !== null);
      return { works, truncated, graphVersion };
    },
  }),
);
