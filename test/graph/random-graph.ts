import { below, randomOf } from "../../bench/graph/random.ts";
import { type BaseGraph, buildBaseGraph, highOf, lowOf, sharedArray } from "../../src/graph/base-graph.ts";

export { below, randomOf };

export type Random = () => number;

export const pick = <Item>(random: Random, items: readonly Item[]) =>
  items[below(random, items.length)] as Item;

export type Edge = { readonly citing: bigint; readonly cited: bigint; readonly isAnchor: boolean };

/** The input of a builder: in any order, with duplicate edges. */
export type EdgeListGraph = { readonly works: readonly bigint[]; readonly edges: readonly Edge[] };

/** Ids of all sizes: uniform ones, small ones, and ones that share a half. */
export function randomWorkId(random: Random): bigint {
  const half = () => BigInt(below(random, 2 ** 31));
  const kind = below(random, 4);
  if (kind === 0) return BigInt(below(random, 40));
  if (kind === 1) return (BigInt(below(random, 3)) << 32n) | (half() * 2n);
  if (kind === 2) return (half() << 32n) | BigInt(below(random, 3));
  return (half() << 32n) | (half() * 2n + BigInt(below(random, 2)));
}

/** A graph with cycles, self-citations, duplicate edges, isolated works and several components; sometimes empty. */
export function randomGraph(random: Random, maxWorks = 14): EdgeListGraph {
  const works = new Set<bigint>();
  for (let left = below(random, maxWorks + 1); left > 0; left--) works.add(randomWorkId(random));
  const list = [...works];
  const edges: Edge[] = [];
  if (list.length > 0) {
    const reach = Math.ceil(list.length * (0.3 + 0.7 * random()));
    const hub = pick(random, list);
    for (let left = below(random, 1 + Math.ceil(list.length * 3 * random())); left > 0; left--) {
      const citing = list[below(random, reach)] as bigint;
      const cited = random() < 0.15 ? citing : random() < 0.2 ? hub : (list[below(random, reach)] as bigint);
      edges.push({ citing, cited, isAnchor: random() < 0.3 });
      if (random() < 0.1) edges.push({ citing, cited, isAnchor: random() < 0.5 });
    }
  }
  return { works: list, edges };
}

/** The base that the loader would build. */
export function baseOf({ works, edges }: EdgeListGraph, position = 0n): BaseGraph {
  const ids = [...new Set(works)].sort((a, b) => (a < b ? -1 : 1));
  const indexes = new Map(ids.map((id, index) => [id, index]));
  const high = sharedArray(ids.length);
  const low = sharedArray(ids.length);
  high.set(ids.map(highOf));
  low.set(ids.map(lowOf));
  return buildBaseGraph(
    high,
    low,
    {
      citing: Uint32Array.from(edges, ({ citing }) => indexes.get(citing) as number),
      cited: Uint32Array.from(
        edges,
        ({ cited, isAnchor }) => (indexes.get(cited) as number) * 2 + Number(isAnchor),
      ),
      count: edges.length,
    },
    position,
  );
}
