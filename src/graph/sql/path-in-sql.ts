import { type CitationDirection, reversed } from "../adjacency.ts";
import type { Answer, Input } from "../question.ts";
import type { SqlRows } from "./sql-rows.ts";
import { compareIds } from "./sql-rows.ts";

/** One of the two searches. */
type Search = {
  readonly direction: CitationDirection;
  /** For each work reached, its predecessors one step nearer to the start. */
  readonly nearer: Map<bigint, Set<bigint>>;
  level: readonly bigint[];
  distance: number;
};

/** questions/shortest-path.ts, level by level in SQL; finds the same path if there are several. */
export async function pathInSql(
  rows: SqlRows,
  { from, to, direction, maxDepth }: Input<"path">,
): Promise<Answer<"path">> {
  const held = await rows.counts([from, to]);
  if (rows.meter.isShort) return { workIds: null, truncated: true };
  if (!held.has(from) || !held.has(to)) return { workIds: null, truncated: false };
  if (from === to) return { workIds: [from], truncated: false };
  const forward = begin(from, direction);
  const backward = begin(to, reversed(direction));
  while (forward.distance + backward.distance < maxDepth) {
    const isForward = forward.level.length <= backward.level.length;
    const side = isForward ? forward : backward;
    const other = isForward ? backward : forward;
    await step(rows, side);
    if (rows.meter.isShort) return { workIds: null, truncated: true };
    const meeting = side.level.filter((work) => other.nearer.has(work));
    if (meeting.length > 0) return { workIds: leastPath(forward, backward, meeting), truncated: false };
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
    else if (rows.meter.vertex()) found.set(to, new Set([from]));
    else return;
  }
  for (const [work, sources] of found) search.nearer.set(work, sources);
  search.level = [...found.keys()];
  search.distance++;
}

/** Of the shortest paths, the one whose sequence of work ids is least. */
function leastPath(forward: Search, backward: Search, meeting: readonly bigint[]): bigint[] {
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
