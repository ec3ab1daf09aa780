import type { Answered, CountedAnswer } from "../graph/index.ts";
import { builder } from "./builder.ts";
import { badUserInput } from "./errors.ts";
import {
  aboutList,
  type GraphAnswer,
  GraphAnswerInterface,
  workIdsByRefs,
  worksInWords,
  worksOf,
} from "./graph-works.ts";
import { graphLimits, inWords, readWithin } from "./limits/graph.ts";
import type { Loaders } from "./loaders/index.ts";
import type { WorkRow } from "./loaders/papers.ts";
import { WorkObject } from "./objects.ts";

/** A work, and with how many of the given works it was found. */
type CountedWork = GraphAnswer & { readonly work: WorkRow; readonly count: number };

const CommonReferenceObject = builder.objectRef<CountedWork>("CommonReference");
const DerivativeWorkObject = builder.objectRef<CountedWork>("DerivativeWork");

CommonReferenceObject.implement({
  description: "A work that several works cite.",
  interfaces: [GraphAnswerInterface],
  fields: (t) => ({
    work: t.field({
      type: WorkObject,
      description: "The work cited, whether a paper of it is held or not.",
      resolve: ({ work }) => work,
    }),
    citedByCount: t.exposeInt("count", {
      description: "How many of the works asked about cite it. `work.citedByCount` counts all that do.",
    }),
  }),
});

DerivativeWorkObject.implement({
  description: "A work that builds upon others.",
  interfaces: [GraphAnswerInterface],
  fields: (t) => ({
    work: t.field({ type: WorkObject, description: "The citing work.", resolve: ({ work }) => work }),
    referenceCount: t.exposeInt("count", {
      description:
        "How many of the works asked about it cites. `work.referenceCount` counts all that it cites.",
    }),
  }),
});

const order = "Those found with most of them first, equals most cited first, then by an internal number.";

builder.queryField("commonReferences", (t) =>
  t.field({
    type: [CommonReferenceObject],
    description: `The works that several works cite. ${order}`,
    args: {
      refs: t.arg.stringList({ required: true, description: worksInWords("refs") }),
      first: t.arg.int({
        required: true,
        defaultValue: 20,
        description: `How many: ${inWords(graphLimits.first)}.`,
      }),
      atLeast: t.arg.int({
        description:
          "By how many of the works one must be cited to be listed: 2 unless told, or 1 where one work is given. The number " +
          "of works lists what all of them cite.",
      }),
    },
    resolve: async (_root, { refs, first, atLeast }, context) => {
      readWithin("first", first, graphLimits.first);
      if (typeof atLeast === "number" && atLeast < 1) {
        throw badUserInput(`\`atLeast\` must be 1 or more, not ${atLeast}.`);
      }
      const works = await workIdsByRefs("refs", refs, context);
      const least = atLeast ?? Math.min(2, works.length);
      const answer = await context.graph.ask((service, budget) =>
        service.commonReferences({ works, least, first }, budget),
      );
      return withRows(answer, first, context.loaders);
    },
  }),
);

builder.queryField("priorWorks", (t) =>
  t.field({
    type: [CommonReferenceObject],
    description: `The works that a set of works rests on: those outside it that its works cite. ${order}`,
    args: {
      refs: t.arg.stringList({ required: true, description: `The set. ${worksInWords("refs")}` }),
      first: t.arg.int({
        required: true,
        defaultValue: 20,
        description: `How many: ${inWords(graphLimits.first)}.`,
      }),
    },
    resolve: async (_root, { refs, first }, context) => {
      readWithin("first", first, graphLimits.first);
      const works = await workIdsByRefs("refs", refs, context);
      const answer = await context.graph.ask((service, budget) =>
        service.priorWorks({ works, first }, budget),
      );
      return withRows(answer, first, context.loaders);
    },
  }),
);

builder.queryField("derivativeWorks", (t) =>
  t.field({
    type: [DerivativeWorkObject],
    description: `The works that build upon a set of works, like surveys of it: those outside it that cite its works. ${order}`,
    args: {
      refs: t.arg.stringList({ required: true, description: `The set. ${worksInWords("refs")}` }),
      first: t.arg.int({
        required: true,
        defaultValue: 20,
        description: `How many: ${inWords(graphLimits.first)}.`,
      }),
    },
    resolve: async (_root, { refs, first }, context) => {
      readWithin("first", first, graphLimits.first);
      const works = await workIdsByRefs("refs", refs, context);
      const answer = await context.graph.ask((service, budget) =>
        service.derivativeWorks({ works, first }, budget),
      );
      return withRows(answer, first, context.loaders);
    },
  }),
);

async function withRows(
  answer: Answered<CountedAnswer>,
  first: number,
  loaders: Loaders,
): Promise<CountedWork[]> {
  const about = aboutList(answer, answer.works, first);
  const rows = await worksOf(
    answer.works.map(({ workId }) => workId),
    loaders,
  );
  return answer.works.flatMap(({ count }, index) => {
    const work = rows[index] ?? null;
    return work === null ? [] : [{ ...about, work, count }];
  });
}
