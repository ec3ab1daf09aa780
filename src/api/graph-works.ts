import { ApiError } from "./errors.ts";
import { graphLimits, inWords, readWithin } from "./limits/graph.ts";
import type { Loaders } from "./loaders/index.ts";
import type { WorkRow } from "./loaders/works.ts";

/** The most unknown refs that an error names. */
const mostNamed = 10;

/** What descriptions say of refs that must name works. */
export const refsInWords =
  "Whatever `work(ref:)` takes. NOT_FOUND where no work is known by it; AMBIGUOUS_REF and BAD_USER_INPUT as there.";

/** The works that refs name, each once, in the order given. Rejects with NOT_FOUND where one names none. */
export async function worksByRefs(
  argument: "refs" | "roots",
  refs: readonly string[],
  { workByRef }: Loaders,
): Promise<WorkRow[]> {
  readWithin(`${argument}.length`, refs.length, graphLimits[argument]);
  const found = await workByRef.loadMany(refs);
  const works = new Map<bigint, WorkRow>();
  const unknown: string[] = [];
  for (const [index, work] of found.entries()) {
    if (work instanceof Error) throw work;
    if (work === null) unknown.push(refs[index] ?? "");
    else works.set(work.workId, work);
  }
  if (unknown.length > 0) throw notFound(unknown);
  return [...works.values()];
}

export function worksInWords(argument: "refs" | "roots"): string {
  return `${refsInWords} ${inWords(graphLimits[argument]).replace("from", "From")} of them.`;
}

/** Rejects with NOT_FOUND where no work is known by the ref. */
export async function workByRef(ref: string, { workByRef }: Loaders): Promise<WorkRow> {
  const work = await workByRef.load(ref);
  if (work === null) throw notFound([ref]);
  return work;
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
export async function worksOf(ids: Iterable<bigint>, { work }: Loaders): Promise<(WorkRow | null)[]> {
  const rows = await work.loadMany([...ids]);
  return rows.map((row) => {
    if (row instanceof Error) throw row;
    return row;
  });
}
