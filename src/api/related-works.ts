import { greatestAsked } from "./asked-fields.ts";
import { builder } from "./builder.ts";
import {
  aboutList,
  type GraphAnswer,
  GraphAnswerInterface,
  refsInWords,
  workIdByRef,
  worksOf,
} from "./graph-works.ts";
import { graphLimits, inWords, readWithin } from "./limits/graph.ts";
import type { WorkRow } from "./loaders/papers.ts";
import { WorkObject } from "./objects.ts";

type RelatedWork = GraphAnswer & {
  readonly work: WorkRow;
  readonly score: number;
  readonly sharedCount: number;
  /** As many as any part of the query asks for. */
  readonly shared: readonly WorkRow[];
};

const defaultShared = 10;

const RelatednessEnum = builder.enumType("Relatedness", {
  description: "By what works are related.",
  values: {
    BIBLIOGRAPHIC_COUPLING: { description: "By the references that they have in common." },
    CO_CITATION: { description: "By the works that cite them both." },
  } as const,
});

const RelatedWorkObject = builder.objectRef<RelatedWork>("RelatedWork");

RelatedWorkObject.implement({
  description: "A work that is related to another, and by what.",
  interfaces: [GraphAnswerInterface],
  fields: (t) => ({
    work: t.field({
      type: WorkObject,
      description: "The related work, whether a paper of it is held or not.",
      resolve: ({ work }) => work,
    }),
    score: t.exposeFloat("score", {
      description:
        "From 0 to 1, Salton's cosine: `sharedCount` / √(a × b), where a and b are the numbers of references of the two " +
        "works (BIBLIOGRAPHIC_COUPLING) or of the works that cite them (CO_CITATION).",
    }),
    sharedCount: t.exposeInt("sharedCount", { description: "How many works they share." }),
    shared: t.field({
      type: [WorkObject],
      description: "The works that they share: what both cite, or what cites both. Most cited first.",
      args: {
        first: t.arg.int({
          required: true,
          defaultValue: defaultShared,
          description: `How many: ${inWords(graphLimits.first)}.`,
        }),
      },
      resolve: ({ shared }, { first }) => shared.slice(0, readWithin("first", first, graphLimits.first)),
    }),
  }),
});

builder.queryField("relatedWorks", (t) =>
  t.field({
    type: [RelatedWorkObject],
    description:
      "The works most related to one, best first by `score`, equals by an internal number, the same on every mirror. The " +
      "work itself is left out.",
    args: {
      ref: t.arg.string({ required: true, description: `The work. ${refsInWords}` }),
      by: t.arg({ type: RelatednessEnum, required: true, description: "By what they are related." }),
      first: t.arg.int({
        required: true,
        defaultValue: 20,
        description: `How many: ${inWords(graphLimits.first)}.`,
      }),
    },
    resolve: async (_root, { ref, by, first }, context, info) => {
      readWithin("first", first, graphLimits.first);
      const [, most] = graphLimits.first;
      const shared = Math.max(0, Math.min(most, greatestAsked(info, "shared", "first", defaultShared)));
      const workId = await workIdByRef(ref, context);
      const answer = await context.graph.ask((service, budget) =>
        service.relatedWorks({ work: workId, by, first, shared }, budget),
      );
      const about = aboutList(answer, answer.related, first);
      const ids = [...new Set(answer.related.flatMap((related) => [related.workId, ...related.shared]))];
      const rows = await worksOf(ids, context.loaders);
      const works = new Map(ids.map((id, index) => [id, rows[index] ?? null]));
      return answer.related.flatMap(({ workId, score, sharedCount, shared }) => {
        const work = works.get(workId) ?? null;
        if (work === null) return [];
        const sharedWorks = shared.map((id) => works.get(id) ?? null).filter((row) => row !== null);
        return [{ ...about, work, score, sharedCount, shared: sharedWorks }];
      });
    },
  }),
);
