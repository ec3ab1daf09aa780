import type { ObjectRef } from "@pothos/core";
import type { GraphQLResolveInfo } from "graphql";
import type { Summaries } from "../graph/index.ts";
import { parsePaperRef } from "../protocol/index.ts";
import { identifierIdOf } from "../row-rules/index.ts";
import { graphLimits, readInRange } from "./argument-limits.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { ApiError } from "./errors.ts";
import { selectedFields } from "./execution/index.ts";
import {
  type Loaders,
  rowsFromSummaries,
  type SelectedWorks,
  type WorkRow,
  workColumns,
} from "./loaders/index.ts";
import { selectedColumns } from "./selected-columns.ts";

/** The fields of every result that is computed over the citation graph. */
export type GraphResult = { readonly truncated: boolean; readonly graphVersion: string };

/** A result that is a list: an empty list can be truncated, too. */
export type GraphList<Node> = GraphResult & { readonly nodes: readonly Node[] };

export const GraphResultInterface = builder.interfaceRef<GraphResult>("GraphResult").implement({
  description: "A result that was computed over the citation graph.",
  fields: (t) => ({
    truncated: t.exposeBoolean("truncated", {
      description:
        "Whether the result may be incomplete, because a limit was reached or the time budget ran out. What it contains is correct.",
    }),
    graphVersion: t.exposeString("graphVersion", {
      description:
        "The version of the citation graph that the result was computed on. Opaque: compare it with `Status.graphVersion` for " +
        "equality only.",
    }),
  }),
});

/** Defines the type of a list that is computed over the citation graph. */
export function graphListObject<Node>(
  name: string,
  node: ObjectRef<typeof builder.$inferSchemaTypes, Node>,
  descriptions: { readonly list: string; readonly nodes: string },
): ObjectRef<typeof builder.$inferSchemaTypes, GraphList<Node>> {
  return builder.objectRef<GraphList<Node>>(name).implement({
    description: descriptions.list,
    interfaces: [GraphResultInterface],
    fields: (t) => ({
      nodes: t.field({
        type: [node],
        description: descriptions.nodes,
        resolve: ({ nodes }) => nodes as never,
      }),
    }),
  });
}

/** The argument `first` of a list of works. */
export function firstArgument(max: number) {
  return builder.args((t) => ({
    first: t.int({
      required: true,
      defaultValue: 20,
      description: `The number of works. Defaults to 20; maximum ${max}.`,
    }),
  }));
}

/** The maximum number of unknown refs that an error lists. */
const maxListed = 10;

/** The forms in which a ref may name a work, for descriptions. */
export const workRefForms = "in any form that `Query.work` accepts";

type RefContext = Pick<Context, "graph" | "loaders">;

/** The works that refs name, without duplicates, in the order given. Rejects with NOT_FOUND if a ref names none. */
export async function workIdsByRefs(
  argument: "refs" | "roots",
  refs: readonly string[],
  { graph, loaders }: RefContext,
): Promise<bigint[]> {
  readInRange(`${argument}.length`, refs.length, graphLimits[argument]);
  const inMemory = refs.map((ref) => workIdInMemory(ref, graph));
  const found = await Promise.allSettled(
    refs.map((ref, index) => inMemory[index] ?? loaders.workByRef(ref, workColumns.key)),
  );
  const works = new Set<bigint>();
  const unknown: string[] = [];
  for (const [index, ref] of refs.entries()) {
    const lookup = found[index];
    if (lookup?.status === "rejected") throw lookup.reason;
    const work = lookup?.value ?? null;
    if (work === null) unknown.push(ref);
    else works.add(typeof work === "bigint" ? work : work.workId);
  }
  if (unknown.length > 0) throw notFound(unknown);
  return [...works];
}

/** The work that a ref names. Rejects with NOT_FOUND if there is none. */
export async function workIdByRef(ref: string, { graph, loaders }: RefContext): Promise<bigint> {
  const inMemory = workIdInMemory(ref, graph);
  if (inMemory !== null) return inMemory;
  const work = await loaders.workByRef(ref, workColumns.key);
  if (work === null) throw notFound([ref]);
  return work.workId;
}

/**
 * The work identified by the ref itself, if the graph in memory has it: a work's id is the hash of its identifier, so
 * no row has to be read. Null if the tables must be queried.
 */
function workIdInMemory(ref: string, graph: RefContext["graph"]): bigint | null {
  const parsed = parsePaperRef(ref);
  if (parsed === null || (parsed.kind !== "arxiv" && parsed.kind !== "doi")) return null;
  const workId = identifierIdOf(parsed.kind, parsed.kind === "arxiv" ? parsed.id : parsed.doi);
  return graph.hasWork(workId) ? workId : null;
}

function notFound(refs: readonly string[]): ApiError {
  const listed = refs.slice(0, maxListed).map((ref) => JSON.stringify(ref));
  const more = refs.length > listed.length ? `, or ${refs.length - listed.length} more` : "";
  return new ApiError("NOT_FOUND", `No paper or cited work matches ${listed.join(", ")}${more}.`, {
    refs: refs.slice(0, maxListed),
  });
}

/** Where works are in an answer, as paths of fields. */
type WorkPaths = readonly (readonly string[])[];

export function selectedWorks(info: GraphQLResolveInfo, paths: WorkPaths): SelectedWorks {
  const papers = paths.map((path) => [...path, "paper"]);
  const hasPapers = papers.some((path) => selectedFields(info, path).length > 0);
  return {
    columns: selectedColumns(info, "Work", paths),
    paperColumns: hasPapers ? selectedColumns(info, "Paper", papers) : null,
  };
}

/**
 * The rows of works that the graph returned, in its order: from their summaries at the version of the answer if all of
 * them have what is selected, otherwise in one batch from the tables. Null for those that the tables no longer have:
 * merged into another work, or no longer cited.
 */
export function workRows(
  ids: BigUint64Array | readonly bigint[],
  selected: SelectedWorks,
  { summaries }: { readonly summaries?: Summaries },
  { work }: Loaders,
): (WorkRow | null)[] | Promise<(WorkRow | null)[]> {
  const rows = summaries === undefined ? null : rowsFromSummaries(summaries, ids, selected);
  return rows ?? work.for(selected.columns).getMany([...ids]);
}

/** Results of the graph with the rows of their works, in the same order, without those whose work no longer exists. */
export async function withWorks<Result extends { readonly workId: bigint }>(
  results: readonly Result[],
  selected: SelectedWorks,
  answer: { readonly summaries?: Summaries },
  loaders: Loaders,
): Promise<(Result & { readonly work: WorkRow })[]> {
  const ids = results.map(({ workId }) => workId);
  const works = await workRows(ids, selected, answer, loaders);
  return results.flatMap((result, index) => {
    const work = works[index] ?? null;
    return work === null ? [] : [{ ...result, work }];
  });
}
