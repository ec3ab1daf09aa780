import type { ObjectRef } from "@pothos/core";
import type { CountedWorksResult, WithGraphVersion } from "../graph/index.ts";
import { graphLimits, readInRange } from "./argument-limits.ts";
import { builder } from "./builder.ts";
import { badUserInput } from "./errors.ts";
import { maxArgument } from "./execution/index.ts";
import {
  firstArgument,
  type GraphList,
  graphListObject,
  selectedWorks,
  withWorks,
  workIdByRef,
  workIdsByRefs,
  workRefForms,
  workRows,
} from "./graph-result.ts";
import type { Loaders, SelectedWorks, WorkRow } from "./loaders/index.ts";
import { WorkObject } from "./objects.ts";

type RelatedWork = {
  readonly work: WorkRow;
  readonly score: number;
  readonly sharedCount: number;
  /** As many as the largest `first` in the query requires. */
  readonly shared: readonly WorkRow[];
};

const defaultSharedCount = 10;

const RelatednessEnum = builder.enumType("Relatedness", {
  description: "The measure by which works are related.",
  values: {
    BIBLIOGRAPHIC_COUPLING: { description: "The references that both works have in common." },
    CO_CITATION: { description: "The works that cite both works." },
  } as const,
});

const RelatedWorkObject = builder.objectRef<RelatedWork>("RelatedWork").implement({
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
          defaultValue: defaultSharedCount,
          description: `The number of works. Defaults to ${defaultSharedCount}; maximum ${graphLimits.first[1]}.`,
        }),
      },
      resolve: ({ shared }, { first }) => shared.slice(0, readInRange("first", first, graphLimits.first)),
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
      ref: t.arg.string({ required: true, description: `The work, ${workRefForms}.` }),
      by: t.arg({ type: RelatednessEnum, required: true, description: "The measure of relatedness." }),
      ...firstArgument(graphLimits.first[1]),
    },
    resolve: async (_root, { ref, by, first }, context, info) => {
      readInRange("first", first, graphLimits.first);
      const [, max] = graphLimits.first;
      const shared = Math.max(
        0,
        Math.min(max, maxArgument(info, ["nodes", "shared"], "first", defaultSharedCount)),
      );
      const workId = await workIdByRef(ref, context);
      const answer = await context.graph.query((service, budget) =>
        service.relatedWorks({ work: workId, by, first, shared }, budget),
      );
      const selected = selectedWorks(info, [
        ["nodes", "work"],
        ["nodes", "shared"],
      ]);
      const ids = [...new Set(answer.related.flatMap((related) => [related.workId, ...related.shared]))];
      const rows = await workRows(ids, selected, answer, context.loaders);
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

/** A work, and the number of given works that it is linked with by a citation. */
type CountedWork = { readonly work: WorkRow; readonly count: number };

type CountedWorksRef = ObjectRef<typeof builder.$inferSchemaTypes, GraphList<CountedWork>>;

const countOrder = "highest count first, then most cited; ties have the same order on every mirror";

const CommonReferencesObject = graphListObject(
  "CommonReferences",
  countedWorkObject("CommonReference", "sharedBy", {
    object: "A work that several of the given works cite.",
    work: "The cited work.",
    count: "The number of given works that cite it. `work.citedByCount` counts all works that cite it.",
  }),
  { list: "Works that several given works cite.", nodes: `The cited works, ${countOrder}.` },
);
const PriorWorksObject = graphListObject(
  "PriorWorks",
  countedWorkObject("PriorWork", "overlapCount", {
    object: "A work outside a set that works of the set cite.",
    work: "The cited work.",
    count: "The number of works of the set that cite it.",
  }),
  { list: "Works outside a set that works of the set cite.", nodes: `The cited works, ${countOrder}.` },
);
const DerivativeWorksObject = graphListObject(
  "DerivativeWorks",
  countedWorkObject("DerivativeWork", "overlapCount", {
    object: "A work outside a set that cites works of the set.",
    work: "The citing work.",
    count:
      "The number of works of the set that it cites. `work.referenceCount` counts all works that it cites.",
  }),
  { list: "Works outside a set that cite works of the set.", nodes: `The citing works, ${countOrder}.` },
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

const setSize = `1 to ${graphLimits.refs[1]}`;

builder.queryField("commonReferences", (t) =>
  t.field({
    type: CommonReferencesObject,
    description: "Finds the works that several given works cite.",
    args: {
      refs: t.arg.stringList({
        required: true,
        description: `The citing works, ${workRefForms}; ${setSize}.`,
      }),
      ...firstArgument(graphLimits.first[1]),
      minSharedBy: t.arg.int({
        description: "The minimum of `sharedBy`. Defaults to 2, or to 1 if a single work is given.",
      }),
    },
    resolve: async (_root, { refs, first, minSharedBy }, context, info) => {
      readInRange("first", first, graphLimits.first);
      if (typeof minSharedBy === "number" && minSharedBy < 1) {
        throw badUserInput(`\`minSharedBy\` must be 1 or more, not ${minSharedBy}.`);
      }
      const works = await workIdsByRefs("refs", refs, context);
      const min = minSharedBy ?? Math.min(2, works.length);
      const answer = await context.graph.query((service, budget) =>
        service.commonReferences({ works, least: min, first }, budget),
      );
      return countedWorks(answer, selectedWorks(info, [["nodes", "work"]]), context.loaders);
    },
  }),
);

addOverlapQuery(
  "priorWorks",
  PriorWorksObject,
  "Finds the works that a set of works builds on: those outside the set that its works cite.",
);
addOverlapQuery(
  "derivativeWorks",
  DerivativeWorksObject,
  "Finds the works that build on a set of works, such as surveys: those outside the set that cite its works.",
);

function addOverlapQuery(
  name: "priorWorks" | "derivativeWorks",
  type: CountedWorksRef,
  description: string,
): void {
  builder.queryField(name, (t) =>
    t.field({
      type,
      description,
      args: {
        refs: t.arg.stringList({
          required: true,
          description: `The set, ${workRefForms}; ${setSize} works.`,
        }),
        ...firstArgument(graphLimits.first[1]),
      },
      resolve: async (_root, { refs, first }, context, info) => {
        readInRange("first", first, graphLimits.first);
        const works = await workIdsByRefs("refs", refs, context);
        const answer = await context.graph.query((service, budget) =>
          service[name]({ works, first }, budget),
        );
        return countedWorks(answer, selectedWorks(info, [["nodes", "work"]]), context.loaders);
      },
    }),
  );
}

async function countedWorks(
  answer: WithGraphVersion<CountedWorksResult>,
  selected: SelectedWorks,
  loaders: Loaders,
): Promise<GraphList<CountedWork>> {
  const { works, truncated, graphVersion } = answer;
  return { nodes: await withWorks(works, selected, answer, loaders), truncated, graphVersion };
}
