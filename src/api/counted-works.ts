import type { ObjectRef } from "@pothos/core";
import type { CountedWorksResult, WithGraphVersion } from "../graph/index.ts";
import { builder } from "./builder.ts";
import { badUserInput } from "./errors.ts";
import { anyWorkRef, type GraphList, graphListObject, workIdsByRefs, worksOf } from "./graph-works.ts";
import { graphLimits, readWithin } from "./limits/index.ts";
import type { Loaders, WorkRow } from "./loaders/index.ts";
import { WorkObject } from "./objects.ts";

/** A work, and the number of given works that it is linked with by a citation. */
type CountedWork = { readonly work: WorkRow; readonly count: number };

const order = "highest count first, then most cited; ties have the same order on every mirror";

const CommonReferencesObject = graphListObject(
  "CommonReferences",
  countedWorkObject("CommonReference", "sharedBy", {
    object: "A work that several of the given works cite.",
    work: "The cited work.",
    count: "The number of given works that cite it. `work.citedByCount` counts all works that cite it.",
  }),
  { list: "Works that several given works cite.", nodes: `The cited works, ${order}.` },
);
const PriorWorksObject = graphListObject(
  "PriorWorks",
  countedWorkObject("PriorWork", "overlapCount", {
    object: "A work outside a set that works of the set cite.",
    work: "The cited work.",
    count: "The number of works of the set that cite it.",
  }),
  { list: "Works outside a set that works of the set cite.", nodes: `The cited works, ${order}.` },
);
const DerivativeWorksObject = graphListObject(
  "DerivativeWorks",
  countedWorkObject("DerivativeWork", "overlapCount", {
    object: "A work outside a set that cites works of the set.",
    work: "The citing work.",
    count:
      "The number of works of the set that it cites. `work.referenceCount` counts all works that it cites.",
  }),
  { list: "Works outside a set that cite works of the set.", nodes: `The citing works, ${order}.` },
);

function countedWorkObject(
  name: string,
  countName: string,
  descriptions: { readonly object: string; readonly work: string; readonly count: string },
): ObjectRef<typeof builder.$inferSchemaTypes, CountedWork> {
  return builder.objectRef<CountedWork>(name).implement({
    description: descriptions.object,
    fields: (t) => ({
      work: t.field({ type: WorkObject, description: descriptions.work, resolve: ({ work }) => work }),
      [countName]: t.exposeInt("count", { description: descriptions.count }),
    }),
  });
}

const firstDescription = `The number of works. Defaults to 20; maximum ${graphLimits.first[1]}.`;
const size = `1 to ${graphLimits.refs[1]}`;

builder.queryField("commonReferences", (t) =>
  t.field({
    type: CommonReferencesObject,
    description: "Finds the works that several given works cite.",
    args: {
      refs: t.arg.stringList({ required: true, description: `The citing works, ${anyWorkRef}; ${size}.` }),
      first: t.arg.int({ required: true, defaultValue: 20, description: firstDescription }),
      minSharedBy: t.arg.int({
        description: "The minimum of `sharedBy`. Defaults to 2, or to 1 if a single work is given.",
      }),
    },
    resolve: async (_root, { refs, first, minSharedBy }, context) => {
      readWithin("first", first, graphLimits.first);
      if (typeof minSharedBy === "number" && minSharedBy < 1) {
        throw badUserInput(`\`minSharedBy\` must be 1 or more, not ${minSharedBy}.`);
      }
      const works = await workIdsByRefs("refs", refs, context);
      const least = minSharedBy ?? Math.min(2, works.length);
      const answer = await context.graph.ask((service, budget) =>
        service.commonReferences({ works, least, first }, budget),
      );
      return withRows(answer, context.loaders);
    },
  }),
);

builder.queryField("priorWorks", (t) =>
  t.field({
    type: PriorWorksObject,
    description: "Finds the works that a set of works builds on: those outside the set that its works cite.",
    args: {
      refs: t.arg.stringList({ required: true, description: `The set, ${anyWorkRef}; ${size} works.` }),
      first: t.arg.int({ required: true, defaultValue: 20, description: firstDescription }),
    },
    resolve: async (_root, { refs, first }, context) => {
      readWithin("first", first, graphLimits.first);
      const works = await workIdsByRefs("refs", refs, context);
      const answer = await context.graph.ask((service, budget) =>
        service.priorWorks({ works, first }, budget),
      );
      return withRows(answer, context.loaders);
    },
  }),
);

builder.queryField("derivativeWorks", (t) =>
  t.field({
    type: DerivativeWorksObject,
    description:
      "Finds the works that build on a set of works, such as surveys: those outside the set that cite its works.",
    args: {
      refs: t.arg.stringList({ required: true, description: `The set, ${anyWorkRef}; ${size} works.` }),
      first: t.arg.int({ required: true, defaultValue: 20, description: firstDescription }),
    },
    resolve: async (_root, { refs, first }, context) => {
      readWithin("first", first, graphLimits.first);
      const works = await workIdsByRefs("refs", refs, context);
      const answer = await context.graph.ask((service, budget) =>
        service.derivativeWorks({ works, first }, budget),
      );
      return withRows(answer, context.loaders);
    },
  }),
);

async function withRows(
  answer: WithGraphVersion<CountedWorksResult>,
  loaders: Loaders,
): Promise<GraphList<CountedWork>> {
  const rows = await worksOf(
    answer.works.map(({ workId }) => workId),
    loaders,
  );
  const nodes = answer.works.flatMap(({ count }, index) => {
    const work = rows[index] ?? null;
    return work === null ? [] : [{ work, count }];
  });
  const { truncated, graphVersion } = answer;
  return { nodes, truncated, graphVersion };
}
