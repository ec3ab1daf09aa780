import { anchorChainInSql } from "../../graph/index.ts";
import { builder } from "../builder.ts";
import { ApiError } from "../errors.ts";
import { type GraphAnswer, GraphAnswerInterface } from "../graph-answer.ts";
import { refsInWords, workIdByRef, worksOf } from "../graph-works.ts";
import type { WorkRow } from "../loaders/works.ts";
import { WorkObject } from "../objects.ts";

type AnchorChain = GraphAnswer & { readonly works: readonly WorkRow[] };

const AnchorChainObject = builder.objectRef<AnchorChain>("AnchorChain");

AnchorChainObject.implement({
  description: "A chain of works, each anchored in the next, which is of an earlier time.",
  interfaces: [GraphAnswerInterface],
  fields: (t) => ({
    works: t.field({
      type: [WorkObject],
      description: "From the work that was asked about to the last; that work alone where it has no anchor.",
      resolve: ({ works }) => works,
    }),
    length: t.int({
      description: "Its steps: one less than its works.",
      resolve: ({ works }) => works.length - 1,
    }),
  }),
});

builder.queryField("anchorChain", (t) =>
  t.field({
    type: AnchorChainObject,
    nullable: true,
    description:
      "The longest chain of internal anchors from a work back in time: each next work is one that the work before cites by a " +
      "reference marked as an internal anchor, and its paper was submitted earlier, or none of it is held: there a chain ends. " +
      "Of equally long chains the first by an internal number, the same on every mirror.",
    args: {
      from: t.arg.string({ required: true, description: `Where it begins. ${refsInWords}` }),
      to: t.arg.string({
        description: `Where it is to end; null where no chain leads there. Anywhere unless told. ${refsInWords}`,
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
        throw new ApiError("QUERY_TOO_COMPLEX", "The question used up its budget before it found a chain.");
      }
      const works = (await worksOf(workIds, loaders)).filter((work) => work !== null);
      return { works, truncated, graphVersion };
    },
  }),
);
