import { applyChanges } from "../../src/graph/apply-changes.ts";
import { fold, GraphVersion } from "../../src/graph/version.ts";
import { type GraphChanges, packGraphChanges } from "../../src/store/graph-feed.ts";
import {
  baseOf,
  below,
  type Edge,
  type EdgeListGraph,
  pick,
  type Random,
  randomWorkId,
} from "./random-graph.ts";

/** The changes that lead from one graph to another. */
export function changesBetween(before: EdgeListGraph, after: EdgeListGraph): GraphChanges {
  const keyOf = ({ citing, cited }: Edge) => `${citing} ${cited}`;
  const merged = ({ edges }: EdgeListGraph) => {
    const map = new Map<string, Edge>();
    for (const edge of edges) {
      const isAnchor = edge.isAnchor || map.get(keyOf(edge))?.isAnchor === true;
      map.set(keyOf(edge), { ...edge, isAnchor });
    }
    return map;
  };
  const old = merged(before);
  const now = merged(after);
  const oldWorks = new Set(before.works);
  const newWorks = new Set(after.works);
  const named = ({ citing, cited, isAnchor }: Edge) => ({
    citingWorkId: citing,
    citedWorkId: cited,
    isInternalAnchor: isAnchor,
  });
  return {
    addedWorks: after.works.filter((work) => !oldWorks.has(work)),
    removedWorks: before.works.filter((work) => !newWorks.has(work)),
    changedWorks: [],
    putEdges: [...now]
      .filter(([key, edge]) => old.get(key)?.isAnchor !== edge.isAnchor)
      .map(([, edge]) => named(edge)),
    removedEdges: [...old].filter(([key]) => !now.has(key)).map(([, edge]) => named(edge)),
  };
}

/** The same changes as payloads of the feed. */
export function payloadsBetween(before: EdgeListGraph, after: EdgeListGraph, maxBytes = 1 << 16): Buffer[] {
  return packGraphChanges(changesBetween(before, after), maxBytes);
}

/** A slightly different graph: works and edges are added and removed, and edges change their marks. */
export function changedGraph(random: Random, { works, edges }: EdgeListGraph): EdgeListGraph {
  const list = works.filter(() => random() > 0.1);
  while (random() < 0.4) list.push(randomWorkId(random));
  const left = new Set(list);
  const kept = edges
    .filter(({ citing, cited }) => left.has(citing) && left.has(cited) && random() > 0.2)
    .map((edge) => (random() < 0.1 ? { ...edge, isAnchor: !edge.isAnchor } : edge));
  if (list.length > 0) {
    for (let more = below(random, 5); more > 0; more--) {
      kept.push({ citing: pick(random, list), cited: pick(random, list), isAnchor: random() < 0.3 });
    }
  }
  return { works: [...left], edges: kept };
}

/** The same graph as a loaded, changed or folded version. */
export function versionOf(random: Random, graph: EdgeListGraph): GraphVersion {
  const kind = below(random, 3);
  if (kind === 0) return GraphVersion.of(baseOf(graph));
  let before = graph;
  const past = [graph];
  while (random() < 0.6) {
    before = changedGraph(random, before);
    past.unshift(before);
  }
  let version = GraphVersion.of(baseOf(before));
  for (const [index, after] of past.entries()) {
    if (index > 0)
      version = applyChanges(
        version,
        payloadsBetween(past[index - 1] as EdgeListGraph, after),
        BigInt(index),
      );
  }
  return kind === 1 ? version : GraphVersion.of(fold(version));
}

/** The complete contents of a version, by work ids. */
export function contentOf(version: GraphVersion): {
  works: bigint[];
  references: string[];
  citedBy: string[];
} {
  const works: bigint[] = [];
  const lists = { references: [] as string[], citedBy: [] as string[] };
  for (let vertex = 0; vertex < version.size; vertex++) {
    if (version.isPresent(vertex)) works.push(version.workIdOf(vertex));
    for (const side of ["references", "citedBy"] as const) {
      const rows = version[side];
      rows.seek(vertex);
      for (const cell of rows.cells.subarray(rows.start, rows.end)) {
        const ids = [version.workIdOf(vertex), version.workIdOf(cell >>> 1)];
        if (side === "citedBy") ids.reverse();
        lists[side].push(`${ids.join(" → ")} ${cell & 1}`);
      }
    }
  }
  works.sort((a, b) => (a < b ? -1 : 1));
  return { works, references: lists.references.sort(), citedBy: lists.citedBy.sort() };
}
