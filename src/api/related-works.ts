import { greatestArgument } from "./asked-fields.ts";
import { builder } from "./builder.ts";
import { anyWorkRef, graphListObject, workIdByRef, worksOf } from "./graph-works.ts";
import { graphLimits, readWithin } from "./limits/index.ts";
import type { WorkRow } from "./loaders/index.ts";
import { WorkObject } from "./objects.ts";

type RelatedWork = {
  readonly work: WorkRow;
  readonly score: number;
  readonly sharedCount: number;
  /** As many as the largest `first` in the query requires. */
  readonly shared: readonly WorkRow[];
};

const defaultShared = 10;

const RelatednessEnum = builder.enumType("Relatedness", {
  description: "The measure by which works are related.",
  values: {
    BIBLIOGRAPHIC_COUPLING: { description: "The references that both works have in common." },
    CO_CITATION: { description: "The works that cite both works." },
  } as const,
});

const RelatedWorkObject = builder.objectRef<RelatedWork>("RelatedWork");

RelatedWorkObject.implement({
  description: "A work that is related to the given one, with the works that relate them.",
  fields: (t) => ({
    work: t.field({
      type: WorkObject,
      description: "The related work.",
      resolve: ({ work }) => work,
    }),
    score: t.exposeFloat("score", {
      description:
        "Salton's cosine, from 0 to 1: `sharedCount` / √(a × b), where a and b count the references of the two works " +
        "(BIBLIOGRAPHIC_COUPLING) or the works that cite them (CO_CITATION).",
    }),
    sharedCount: t.exposeInt("sharedCount", { description: "The number of works that they share." }),
    shared: t.field({
      type: [WorkObject],
      description: "The shared works, which both cite or which cite both, most cited first.",
      args: {
        first: t.arg.int({
          required: true,
          defaultValue: defaultShared,
          description: `The number of works. Defaults to ${defaultShared}; maximum ${graphLimits.first[1]}.`,
        }),
      },
      resolve: ({ shared }, { first }) => shared.slice(0, readWithin("first", first, graphLimits.first)),
    }),
  }),
});

const RelatedWorksObject = graphListObject("RelatedWorks", RelatedWorkObject, {
  list: "Works that are related to a given one.",
  nodes: "The related works, highest `score` first; ties have the same order on every mirror.",
});

builder.queryField("relatedWorks", (t) =>
  t.field({
    type: RelatedWorksObject,
    description:
      "Finds the works that are most closely related to a given one. The given work is not among them.",
    args: {
      ref: t.arg.string({ required: true, description: `The work, ${anyWorkRef}.` }),
      by: t.arg({ type: RelatednessEnum, required: true, description: "The measure of relatedness." }),
      first: t.arg.int({
        required: true,
        defaultValue: 20,
        description: `The number of works. Defaults to 20; maximum ${graphLimits.first[1]}.`,
      }),
    },
    resolve: async (_root, { ref, by, first }, context, info) => {
      readWithin("first", first, graphLimits.first);
      const [, most] = graphLimits.first;
      const shared = Math.max(
        0,
        Math.min(most, greatestArgument(info, ["nodes", "shared"], "first", defaultShared)),
      );
      const workId = await workIdByRef(ref, context);
      const answer = await context.graph.ask((service, budget) =>
        service.relatedWorks({ work: workId, by, first, shared }, budget),
      );
      const ids = [...new Set(answer.related.flatMap((related) => [related.workId, ...related.shared]))];
      const rows = await worksOf(ids, context.loaders);
      const works = new Map(ids.map((id, index) => [id, rows[index] ?? null]));
      const nodes = answer.related.flatMap(({ workId, score, sharedCount, shared }): RelatedWork[] => {
        const work = works.get(workId) ?? null;
        if (work === null) return [];
        const sharedWorks = shared.map((id) => works.get(id) ?? null).filter((row) => row !== null);
        return [{ work, score, sharedCount, shared: sharedWorks }];
      });
      const { truncated, graphVersion } = answer;
      return { nodes, truncated, graphVersion };
    },
  }),
);
