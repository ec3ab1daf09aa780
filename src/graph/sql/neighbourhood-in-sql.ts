import type { Answer, Input } from "../question.ts";
import { compareIds } from "./order.ts";
import type { SqlRows } from "./sql-rows.ts";

/** questions/neighbourhood.ts, level by level in SQL. */
export async function neighbourhoodInSql(
  rows: SqlRows,
  { roots, direction, depth, maxNodes, withoutEdges = false }: Input<"neighbourhood">,
): Promise<Answer<"neighbourhood">> {
  const { meter } = rows;
  const held = await rows.counts(roots);
  const depths = new Map<bigint, number>();
  let truncated = false;
  for (const root of new Set(roots)) {
    if (!held.has(root)) continue;
    truncated = depths.size === maxNodes || !meter.vertex();
    if (truncated) break;
    depths.set(root, 0);
  }
  let level = [...depths.keys()];
  for (let steps = 1; steps <= depth && level.length > 0 && !truncated; steps++) {
    const found = new Set<bigint>();
    for (const { to } of await rows.edges(level, direction)) {
      if (depths.has(to) || found.has(to)) continue;
      if (!meter.vertex()) break;
      found.add(to);
    }
    truncated = meter.isShort || depths.size + found.size > maxNodes;
    const counts = await rows.counts(found);
    const citedBy = (work: bigint) => counts.get(work)?.citedBy ?? 0;
    level = [...found].sort((a, b) => citedBy(b) - citedBy(a) || compareIds(a, b));
    level = level.slice(0, maxNodes - depths.size);
    for (const work of level) depths.set(work, steps);
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
    isShort: meter.isShort,
  };
}
