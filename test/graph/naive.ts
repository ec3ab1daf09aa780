// The questions implemented from their definitions on a list of edges: slow, and without code of src/graph.
import type { GraphQueryInput, GraphQueryName, GraphQueryResult } from "../../src/graph/index.ts";
import type { Edge, EdgeListGraph } from "./random-graph.ts";

type Direction = "REFERENCES" | "CITED_BY" | "BOTH";

const byId = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);

export class NaiveGraph {
  readonly works: readonly bigint[];
  readonly edges: readonly Edge[];
  readonly #byPair = new Map<string, Edge>();

  constructor(graph: EdgeListGraph) {
    for (const edge of graph.edges) {
      const key = `${edge.citing} ${edge.cited}`;
      const isAnchor = edge.isAnchor || this.#byPair.get(key)?.isAnchor === true;
      this.#byPair.set(key, { ...edge, isAnchor });
    }
    this.works = [...new Set(graph.works)].sort(byId);
    this.edges = [...this.#byPair.values()];
  }

  references(work: bigint): bigint[] {
    return this.edges.filter(({ citing }) => citing === work).map(({ cited }) => cited);
  }

  citedBy(work: bigint): bigint[] {
    return this.edges.filter(({ cited }) => cited === work).map(({ citing }) => citing);
  }

  neighbours(work: bigint, direction: Direction): Set<bigint> {
    return new Set([
      ...(direction === "CITED_BY" ? [] : this.references(work)),
      ...(direction === "REFERENCES" ? [] : this.citedBy(work)),
    ]);
  }

  mostCitedFirst(works: Iterable<bigint>): bigint[] {
    return [...works].sort((a, b) => this.citedBy(b).length - this.citedBy(a).length || byId(a, b));
  }

  /** The works first reached after each number of steps. */
  levels(roots: readonly bigint[], direction: Direction, depth: number): bigint[][] {
    const reached = new Set(roots.filter((root) => this.works.includes(root)));
    const levels = [[...reached]];
    while (levels.length <= depth) {
      const next = new Set((levels.at(-1) ?? []).flatMap((work) => [...this.neighbours(work, direction)]));
      const fresh = [...next].filter((work) => !reached.has(work));
      if (fresh.length === 0) break;
      for (const work of fresh) reached.add(work);
      levels.push(fresh);
    }
    return levels;
  }

  neighbourhood({
    roots,
    direction,
    depth,
    maxNodes,
    withoutEdges = false,
  }: GraphQueryInput<"neighbourhood">) {
    const nodes = new Map<bigint, number>();
    let truncated = false;
    const known = [...new Set(roots)].filter((root) => this.works.includes(root));
    for (const root of known.slice(0, maxNodes)) nodes.set(root, 0);
    if (known.length > maxNodes) truncated = true;
    else {
      const everything = this.#around(known, direction, depth, new Set(this.works));
      truncated = everything.size > maxNodes;
      const shown = truncated ? this.#shares(known, direction, depth, maxNodes) : new Set(everything.keys());
      for (const [work, steps] of this.#around(known, direction, depth, shown)) nodes.set(work, steps);
    }
    const places = new Map([...nodes.keys()].map((work, place) => [work, place]));
    const placeOf = (work: bigint) => places.get(work) as number;
    const edges = (withoutEdges ? [] : this.edges)
      .filter(({ citing, cited }) => nodes.has(citing) && nodes.has(cited))
      .sort((a, b) => placeOf(a.citing) - placeOf(b.citing) || byId(a.cited, b.cited))
      .map(({ citing, cited, isAnchor }) => [placeOf(citing), placeOf(cited), Number(isAnchor)]);
    return { nodes: [...nodes], edges, truncated };
  }

  /** The works of a set with their steps from the nearest root, in the order of an answer. */
  #around(roots: readonly bigint[], direction: Direction, depth: number, within: ReadonlySet<bigint>) {
    const nodes = new Map(roots.map((root) => [root, 0]));
    let level = [...roots];
    for (let steps = 1; steps <= depth; steps++) {
      const next = new Set(level.flatMap((work) => [...this.neighbours(work, direction)]));
      level = this.mostCitedFirst([...next].filter((work) => !nodes.has(work) && within.has(work)));
      for (const work of level) nodes.set(work, steps);
    }
    return nodes;
  }

  /** Each root in turn adds the next work of its own neighbourhood. */
  #shares(roots: readonly bigint[], direction: Direction, depth: number, max: number): Set<bigint> {
    const all = new Set(this.works);
    const own = roots.map((root) => [...this.#around([root], direction, depth, all).keys()]);
    const turns = this.works.flatMap((_, turn) => own.flatMap((works) => works.slice(turn, turn + 1)));
    return new Set([...new Set(turns)].slice(0, max));
  }

  path({ from, to, direction, maxDepth }: GraphQueryInput<"path">): GraphQueryResult<"path"> {
    const none = { workIds: null, truncated: false };
    if (!this.works.includes(from) || !this.works.includes(to)) return none;
    // All paths of each length, sorted by their works, up to the shortest length with a result.
    let paths = [[from]];
    for (let length = 0; length <= maxDepth; length++) {
      const found = paths.find((path) => path.at(-1) === to);
      if (found !== undefined) return { workIds: found, truncated: false };
      // A shortest path visits no work twice, and only the first of several paths to a work matters.
      const ends = new Set<bigint>();
      paths = paths
        .flatMap((path) =>
          [...this.neighbours(path.at(-1) as bigint, direction)].sort(byId).map((work) => [...path, work]),
        )
        .filter((path) => {
          const end = path.at(-1) as bigint;
          return !ends.has(end) && ends.add(end);
        });
    }
    return none;
  }

  reachable({ roots, direction, maxDepth }: GraphQueryInput<"reachable">): GraphQueryResult<"reachable"> {
    const counts = this.levels(roots, direction, maxDepth).map((level) => level.length);
    return { counts: counts[0] === 0 ? [] : counts, truncated: false };
  }

  #counted(
    works: readonly bigint[],
    neighboursOf: (work: bigint) => bigint[],
    keep: (work: bigint, count: number) => boolean,
    first: number,
  ) {
    const given = [...new Set(works)];
    const count = (work: bigint) => given.filter((other) => neighboursOf(other).includes(work)).length;
    const found = this.works
      .map((workId) => ({ workId, count: count(workId) }))
      .filter(({ workId, count }) => keep(workId, count))
      .sort(
        (a, b) =>
          b.count - a.count ||
          this.citedBy(b.workId).length - this.citedBy(a.workId).length ||
          byId(a.workId, b.workId),
      );
    return { works: found.slice(0, first), truncated: false };
  }

  commonReferences({
    works,
    least,
    first,
  }: GraphQueryInput<"commonReferences">): GraphQueryResult<"commonReferences"> {
    return this.#counted(
      works,
      (work) => this.references(work),
      (_, count) => count >= least,
      first,
    );
  }

  priorWorks({ works, first }: GraphQueryInput<"priorWorks">): GraphQueryResult<"priorWorks"> {
    const keep = (work: bigint, count: number) => count > 0 && !works.includes(work);
    return this.#counted(works, (work) => this.references(work), keep, first);
  }

  derivativeWorks({ works, first }: GraphQueryInput<"derivativeWorks">): GraphQueryResult<"derivativeWorks"> {
    const keep = (work: bigint, count: number) => count > 0 && !works.includes(work);
    return this.#counted(works, (work) => this.citedBy(work), keep, first);
  }

  #linked(work: bigint, by: GraphQueryInput<"relatedWorks">["by"]): bigint[] {
    return by === "BIBLIOGRAPHIC_COUPLING" ? this.references(work) : this.citedBy(work);
  }

  #shared(a: bigint, b: bigint, by: GraphQueryInput<"relatedWorks">["by"]): bigint[] {
    const others = new Set(this.#linked(b, by));
    return this.mostCitedFirst(this.#linked(a, by).filter((work) => others.has(work)));
  }

  relatedWorks({
    work,
    by,
    first,
    shared,
  }: GraphQueryInput<"relatedWorks">): GraphQueryResult<"relatedWorks"> {
    const related = this.works
      .filter((other) => other !== work)
      .map((workId) => {
        const common = this.#shared(work, workId, by);
        const product = this.#linked(work, by).length * this.#linked(workId, by).length;
        return {
          workId,
          product,
          score: common.length / Math.sqrt(product),
          sharedCount: common.length,
          shared: common.slice(0, shared),
        };
      })
      .filter(({ sharedCount }) => sharedCount > 0)
      // Scores are compared as fractions, without rounding.
      .sort(
        (a, b) => b.sharedCount ** 2 * a.product - a.sharedCount ** 2 * b.product || byId(a.workId, b.workId),
      )
      .map(({ product: _, ...entry }) => entry);
    return { related: related.slice(0, first), truncated: false };
  }

  /** PageRank by its definition: the matrix applied `iterations` times. */
  pageRank(works: readonly bigint[], damping: number, iterations: number): Map<bigint, number> {
    const inside = new Set(works);
    const n = inside.size;
    const edges = this.edges.filter(({ citing, cited }) => inside.has(citing) && inside.has(cited));
    let ranks = new Map([...inside].map((work) => [work, 1 / n]));
    const outDegree = (work: bigint) => edges.filter(({ citing }) => citing === work).length;
    for (let iteration = 0; iteration < iterations; iteration++) {
      const next = new Map<bigint, number>();
      for (const work of inside) {
        let sum = 0;
        for (const other of inside) {
          const rank = ranks.get(other) as number;
          if (outDegree(other) === 0) sum += rank / n;
          else if (edges.some(({ citing, cited }) => citing === other && cited === work)) {
            sum += rank / outDegree(other);
          }
        }
        next.set(work, (1 - damping) / n + damping * sum);
      }
      ranks = next;
    }
    return ranks;
  }
}

/** The expected answer to a question, in the form of `comparable`. */
export function naiveAnswer<Name extends GraphQueryName>(
  graph: NaiveGraph,
  name: Name,
  input: GraphQueryInput<Name>,
): unknown {
  const answers: { [Key in GraphQueryName]: (input: GraphQueryInput<Key>) => unknown } = {
    neighbourhood: (given) => graph.neighbourhood(given),
    path: (given) => graph.path(given),
    reachable: (given) => graph.reachable(given),
    commonReferences: (given) => graph.commonReferences(given),
    relatedWorks: (given) => graph.relatedWorks(given),
    priorWorks: (given) => graph.priorWorks(given),
    derivativeWorks: (given) => graph.derivativeWorks(given),
  };
  return answers[name](input);
}
