import type { EdgeList } from "./edge-list.ts";
import type { LoadResult } from "./http-load.ts";

/** The works that each work cites. */
export function neighboursOf({ ids, citing, cited }: EdgeList): readonly (readonly number[])[] {
  const lists = Array.from(ids, (): number[] => []);
  for (let edge = 0; edge < citing.length; edge++) {
    (lists[citing[edge] as number] as number[]).push(cited[edge] as number);
  }
  return lists;
}

/** The number of works within some steps of a work, by a plain search, which may stop at `enough`. */
export function reachedCount(
  neighbours: readonly (readonly number[])[],
  from: number,
  depth: number,
  enough = Number.POSITIVE_INFINITY,
): number {
  const seen = new Set([from]);
  let level = [from];
  for (let step = 0; step < depth && seen.size < enough; step++) {
    const next: number[] = [];
    for (const vertex of level) {
      for (const neighbour of neighbours[vertex] ?? []) {
        if (seen.has(neighbour)) continue;
        seen.add(neighbour);
        next.push(neighbour);
      }
    }
    level = next;
  }
  return seen.size;
}

/** Throws if the server's counts of works within three steps differ from those of a plain search. */
export function assertReachedCounts(
  { firstAnswers }: LoadResult,
  refs: readonly string[],
  list: EdgeList,
  arxivIds: readonly string[],
): void {
  const neighbours = neighboursOf(list);
  const places = new Map(arxivIds.map((arxivId, place) => [arxivId, place]));
  for (const [index, answer] of firstAnswers.entries()) {
    const total = reachedCount(neighbours, places.get(refs[index] as string) as number, 3);
    const expected = `"total":${total}}`;
    if (!answer.includes(expected)) throw new Error(`${refs[index]}: ${answer} is not ${total}.`);
  }
}
