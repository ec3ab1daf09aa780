import { type CitationDirection, reversed } from "./adjacency.ts";
import { roundRobin } from "./order.ts";
import type { GraphQueryInput, GraphQueryResult } from "./queries.ts";
import { compareIds, type SqlCounts, type SqlRows } from "./sql-rows.ts";

/** `neighbourhood`, level by level in SQL. */
export async function neighbourhoodInSql(
  rows: SqlRows,
  { roots, withoutEdges = false, ...options }: GraphQueryInput<"neighbourhood">,
): Promise<GraphQueryResult<"neighbourhood">> {
  const { meter } = rows;
  const stored = await rows.counts(roots);
  const known = [...new Set(roots)].filter((root) => stored.has(root));
  let { depths, truncated, isLimited } = await breadthFirst(rows, known, options);
  if (isLimited && known.length > 1) {
    const shares = await fairShares(rows, known, options);
    depths = (await breadthFirst(rows, known, options, shares)).depths;
    truncated = true;
  }
  const workIds = [...depths.keys()];
  const places = new Map(workIds.map((workId, place) => [workId, place]));
  const placeOf = (workId: bigint) => places.get(workId) as number;
  const edges = withoutEdges ? [] : await rows.among(workIds);
  edges.sort((a, b) => placeOf(a.citing) - placeOf(b.citing) || compareIds(a.cited, b.cited));
  return {
    workIds: BigUint64Array.from(workIds),
    depths: Uint32Array.from(depths.values()),
    edges: {
      citing: Uint32Array.from(edges, ({ citing }) => placeOf(citing)),
      cited: Uint32Array.from(edges, ({ cited }) => placeOf(cited)),
      isInternalAnchor: Uint8Array.from(edges, ({ isInternalAnchor }) => Number(isInternalAnchor)),
    },
    truncated: truncated || meter.exhausted !== null,
    isBudgetExhausted: meter.isBudgetExhausted,
  };
}

type Options = Pick<GraphQueryInput<"neighbourhood">, "direction" | "depth" | "maxNodes">;

type BreadthFirstResult = {
  /** Steps from the nearest root, by work, in the order of the answer. */
  readonly depths: Map<bigint, number>;
  readonly truncated: boolean;
  /** A depth beyond the roots did not fit into `maxNodes`, and the budget was not the reason. */
  readonly isLimited: boolean;
};

/** Breadth-first search from stored roots; with `within`, only through those works. */
async function breadthFirst(
  rows: SqlRows,
  roots: readonly bigint[],
  { direction, depth, maxNodes }: Options,
  within: ReadonlySet<bigint> | null = null,
): Promise<BreadthFirstResult> {
  const { meter } = rows;
  const depths = new Map<bigint, number>();
  let truncated = false;
  let isLimited = false;
  for (const root of roots) {
    truncated = depths.size === maxNodes || !meter.countVertex();
    if (truncated) break;
    depths.set(root, 0);
  }
  let level = [...depths.keys()];
  for (let steps = 1; steps <= depth && level.length > 0 && !truncated; steps++) {
    const found = new Set<bigint>();
    for (const { to } of await rows.edges(level, direction)) {
      if (depths.has(to) || found.has(to) || within?.has(to) === false) continue;
      if (!meter.countVertex()) break;
      found.add(to);
    }
    isLimited = !meter.isBudgetExhausted && depths.size + found.size > maxNodes;
    truncated = meter.isBudgetExhausted || isLimited;
    const first = mostCitedFirst(await rows.counts(found));
    level = first(found).slice(0, maxNodes - depths.size);
    for (const work of level) depths.set(work, steps);
  }
  return { depths, truncated, isLimited };
}

/** The roots and their fair shares of what they reach, `maxNodes` works together. */
async function fairShares(rows: SqlRows, roots: readonly bigint[], options: Options): Promise<Set<bigint>> {
  const { maxNodes } = options;
  for (let limit = Math.ceil(maxNodes / roots.length); ; limit = Math.min(2 * limit, maxNodes)) {
    const own = await ownNeighbourhoods(rows, roots, { ...options, maxNodes: limit });
    const chosen = roundRobin(
      own.map(({ works }) => works),
      maxNodes,
    );
    // A longer list begins like the shorter one, so complete rounds do not change.
    if (chosen.size === maxNodes || rows.meter.isBudgetExhausted || !own.some(({ isLimited }) => isLimited))
      return chosen;
  }
}

type RootNeighbourhood = {
  readonly works: bigint[];
  readonly seen: Set<bigint>;
  level: readonly bigint[];
  isLimited: boolean;
};

/** For each root, its neighbourhood as if it were the only one, roots first. Reads a level of all roots at once. */
async function ownNeighbourhoods(
  rows: SqlRows,
  roots: readonly bigint[],
  { direction, depth, maxNodes }: Options,
): Promise<readonly RootNeighbourhood[]> {
  const all = roots.map<RootNeighbourhood>((root) => ({
    works: [root],
    seen: new Set([root]),
    level: [root],
    isLimited: false,
  }));
  for (let steps = 1; steps <= depth; steps++) {
    const open = all.filter(({ level, isLimited }) => level.length > 0 && !isLimited);
    const neighbours = new Map<bigint, bigint[]>();
    for (const { from, to } of await rows.edges(
      [...new Set(open.flatMap(({ level }) => level))],
      direction,
    )) {
      const known = neighbours.get(from);
      if (known === undefined) neighbours.set(from, [to]);
      else known.push(to);
    }
    const found = open.map(({ level, seen }) =>
      [...new Set(level.flatMap((work) => neighbours.get(work) ?? []))].filter((work) => !seen.has(work)),
    );
    const first = mostCitedFirst(await rows.counts(new Set(found.flat())));
    for (const [index, own] of open.entries()) {
      const next = found[index] ?? [];
      own.level = first(next).slice(0, maxNodes - own.works.length);
      own.isLimited = own.level.length < next.length;
      own.works.push(...own.level);
      for (const work of own.level) own.seen.add(work);
    }
    if (rows.meter.isBudgetExhausted) break;
  }
  return all;
}

/** Sorts works in place: most cited first, equals by id. */
function mostCitedFirst(counts: ReadonlyMap<bigint, SqlCounts>): (works: Iterable<bigint>) => bigint[] {
  const citedBy = (work: bigint) => counts.get(work)?.citedBy ?? 0;
  return (works) => [...works].sort((a, b) => citedBy(b) - citedBy(a) || compareIds(a, b));
}

/** One of the two searches. */
type Search = {
  readonly direction: CitationDirection;
  /** For each work reached, its predecessors one step nearer to the start. */
  readonly nearer: Map<bigint, Set<bigint>>;
  level: readonly bigint[];
  distance: number;
};

/** `shortestPath`, level by level in SQL. It finds the same path if there are several. */
export async function pathInSql(
  rows: SqlRows,
  { from, to, direction, maxDepth }: GraphQueryInput<"path">,
): Promise<GraphQueryResult<"path">> {
  const stored = await rows.counts([from, to]);
  if (rows.meter.isBudgetExhausted) return { workIds: null, truncated: true };
  if (!stored.has(from) || !stored.has(to)) return { workIds: null, truncated: false };
  if (from === to) return { workIds: [from], truncated: false };
  const forward = begin(from, direction);
  const backward = begin(to, reversed(direction));
  while (forward.distance + backward.distance < maxDepth) {
    const isForward = forward.level.length <= backward.level.length;
    const side = isForward ? forward : backward;
    const other = isForward ? backward : forward;
    await step(rows, side);
    if (rows.meter.isBudgetExhausted) return { workIds: null, truncated: true };
    const meeting = side.level.filter((work) => other.nearer.has(work));
    if (meeting.length > 0) return { workIds: smallestPath(forward, backward, meeting), truncated: false };
    if (side.level.length === 0) break;
  }
  return { workIds: null, truncated: false };
}

function begin(work: bigint, direction: CitationDirection): Search {
  return { direction, nearer: new Map([[work, new Set()]]), level: [work], distance: 0 };
}

async function step(rows: SqlRows, search: Search): Promise<void> {
  const found = new Map<bigint, Set<bigint>>();
  for (const { from, to } of await rows.edges(search.level, search.direction)) {
    if (search.nearer.has(to)) continue;
    const sources = found.get(to);
    if (sources !== undefined) sources.add(from);
    else if (rows.meter.countVertex()) found.set(to, new Set([from]));
    else return;
  }
  for (const [work, sources] of found) search.nearer.set(work, sources);
  search.level = [...found.keys()];
  search.distance++;
}

/** Of the shortest paths, the one whose sequence of work ids is least. */
function smallestPath(forward: Search, backward: Search, meeting: readonly bigint[]): bigint[] {
  // For each work, its successors on shortest paths.
  const next = new Map<bigint, Set<bigint>>();
  const reach = (work: bigint, then: bigint) => {
    const works = next.get(work);
    if (works === undefined) next.set(work, new Set([then]));
    else works.add(then);
  };
  let layer = new Set(meeting);
  for (let distance = forward.distance; distance > 0; distance--) {
    const before = new Set<bigint>();
    for (const work of layer) {
      for (const source of forward.nearer.get(work) ?? []) {
        reach(source, work);
        before.add(source);
      }
    }
    layer = before;
  }
  const [first] = layer;
  const path = first === undefined ? [] : [first];
  for (let distance = 1; distance <= forward.distance + backward.distance; distance++) {
    const work = path.at(-1) as bigint;
    const onward = [...((distance <= forward.distance ? next : backward.nearer).get(work) ?? [])];
    path.push(onward.reduce((least, other) => (compareIds(other, least) < 0 ? other : least)));
  }
  return path;
}
