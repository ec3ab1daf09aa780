import { parsePaperRef } from "../protocol/index.ts";
import { identifierIdOf } from "../store/ids.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { ApiError } from "./errors.ts";
import { graphLimits, inWords, readWithin } from "./limits/graph.ts";
import type { Loaders } from "./loaders/index.ts";
import type { WorkRow } from "./loaders/papers.ts";

export type GraphAnswer = { readonly truncated: boolean; readonly graphVersion: string };

export const GraphAnswerInterface = builder.interfaceRef<GraphAnswer>("GraphAnswer");

GraphAnswerInterface.implement({
  description: "What was computed over the citation graph. The members of a list were computed together.",
  fields: (t) => ({
    truncated: t.exposeBoolean("truncated", {
      description:
        "Whether anything is missing, or may be: the question's budget ended first, or there was more than `maxNodes`. " +
        "What is there is true of the part of the graph that was looked at.",
    }),
    graphVersion: t.exposeString("graphVersion", {
      description: "What it was computed at: see `Status.graphVersion`. To be compared for equality only.",
    }),
  }),
});

/**
 * What each member of a list says of the answer. Throws QUERY_TOO_COMPLEX where the budget ended before there was any:
 * an empty list would say that there are none.
 */
export function aboutList(
  { truncated, graphVersion }: GraphAnswer,
  list: readonly unknown[],
  first: number,
): GraphAnswer {
  if (truncated && list.length === 0 && first > 0) {
    throw new ApiError("QUERY_TOO_COMPLEX", "The question used up its budget before it found anything.");
  }
  return { truncated, graphVersion };
}

/** The most unknown refs that an error names. */
const mostNamed = 10;

/** What descriptions say of refs that must name works. */
export const refsInWords =
  "Whatever `work(ref:)` takes. NOT_FOUND where no work is known by it; AMBIGUOUS_REF and BAD_USER_INPUT as there.";

type Asking = Pick<Context, "graph" | "loaders">;

/** The works that refs name, each once, in the order given. Rejects with NOT_FOUND where one names none. */
export async function workIdsByRefs(
  argument: "refs" | "roots",
  refs: readonly string[],
  { graph, loaders: { workByRef } }: Asking,
): Promise<bigint[]> {
  readWithin(`${argument}.length`, refs.length, graphLimits[argument]);
  const held = refs.map((ref) => heldInMemory(ref, graph));
  const found = await workByRef.loadMany(refs.filter((_, index) => held[index] === null));
  const works = new Set<bigint>();
  const unknown: string[] = [];
  for (const [index, ref] of refs.entries()) {
    const work = held[index] ?? found.shift() ?? null;
    if (work instanceof Error) throw work;
    if (work === null) unknown.push(ref);
    else works.add(typeof work === "bigint" ? work : work.workId);
  }
  if (unknown.length > 0) throw notFound(unknown);
  return [...works];
}

export function worksInWords(argument: "refs" | "roots"): string {
  return `${refsInWords} ${inWords(graphLimits[argument]).replace("from", "From")} of them.`;
}

/** The work that a ref names. Rejects with NOT_FOUND where no work is known by it. */
export async function workIdByRef(ref: string, { graph, loaders: { workByRef } }: Asking): Promise<bigint> {
  const held = heldInMemory(ref, graph);
  if (held !== null) return held;
  const work = await workByRef.load(ref);
  if (work === null) throw notFound([ref]);
  return work.workId;
}

/**
 * The work that is known by the ref itself, where the graph in memory has it: the id of a work is made of the
 * identifier that it is known by, so no row has to be read. Null where the tables must tell.
 */
function heldInMemory(ref: string, graph: Asking["graph"]): bigint | null {
  const parsed = parsePaperRef(ref);
  if (parsed === null || (parsed.kind !== "arxiv" && parsed.kind !== "doi")) return null;
  const workId = identifierIdOf(parsed.kind, parsed.kind === "arxiv" ? parsed.id : parsed.doi);
  return graph.holds(workId) ? workId : null;
}

function notFound(refs: readonly string[]): ApiError {
  const named = refs.slice(0, mostNamed).map((ref) => JSON.stringify(ref));
  const more = refs.length > named.length ? `, nor by ${refs.length - named.length} more` : "";
  return new ApiError("NOT_FOUND", `No work is known here by ${named.join(", nor by ")}${more}.`, {
    refs: refs.slice(0, mostNamed),
  });
}

/**
 * The rows of works that the graph named, in one batch, in its order. Null for those that are gone since: joined with
 * another work, or no longer cited.
 */
export function worksOf(
  ids: Iterable<bigint>,
  { work }: Loaders,
): (WorkRow | null)[] | Promise<(WorkRow | null)[]> {
  return work.getMany([...ids]);
}
