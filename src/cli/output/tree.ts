/** The graph behind a tree: vertices with their distance from a root, and their successors. */
type TreeGraph = {
  readonly roots: readonly string[];
  /** Distance from the nearest root. */
  readonly depthOf: ReadonlyMap<string, number>;
  /** The successors of a vertex, in display order. */
  readonly next: ReadonlyMap<string, readonly string[]>;
};

export type TreeOptions = {
  /** Vertices at this depth are shown without their successors. */
  readonly depth: number;
  /** The most successors shown below one vertex. */
  readonly children: number;
  /** At most this many lines. */
  readonly lines: number;
  /** Whether each edge leads both ways: then none is shown back to the vertex above. */
  readonly isUndirected?: boolean;
};

/** A line of a tree: its prefix, its vertex, and whether the vertex was shown before. */
export type TreeLine =
  | {
      readonly kind: "vertex";
      readonly prefix: string;
      readonly id: string;
      /**
       * `cycle`: the vertex is one of its own ancestors. `repeated`: it is shown elsewhere, with its successors.
       * `unfollowed`: its own place was left out.
       */
      readonly mark: "first" | "cycle" | "repeated" | "unfollowed";
    }
  /** `count` successors that are not shown. */
  | { readonly kind: "more"; readonly prefix: string; readonly count: number };

export type Tree = {
  readonly lines: readonly TreeLine[];
  /** Whether lines were left out because of `lines`. */
  readonly isCut: boolean;
};

/**
 * Lays out a graph as a tree. The successors of a vertex are shown once, at a place with the fewest steps from a root;
 * wherever else it occurs, it is alone and marked. So every edge from a vertex above `depth` has its line, unless it is
 * counted in a line of kind `more`; and cycles end. Linear in vertices and edges.
 */
export function layOutTree(graph: TreeGraph, options: TreeOptions): Tree {
  const lines: TreeLine[] = [];
  const expanded = new Set<string>();
  const path = new Set<string>();
  let isCut = false;

  const visit = (id: string, steps: number, branch: string, below: string, from?: string): void => {
    if (lines.length >= options.lines) {
      isCut = true;
      return;
    }
    const isPlace = graph.depthOf.get(id) === steps && !expanded.has(id);
    const mark = path.has(id) ? "cycle" : isPlace ? "first" : "repeated";
    lines.push({ kind: "vertex", prefix: branch, id, mark });
    if (mark !== "first") return;
    expanded.add(id);
    if (steps >= options.depth) return;
    path.add(id);
    const all = graph.next.get(id) ?? [];
    const next = options.isUndirected === true ? all.filter((child) => child !== from) : all;
    const shown = next.slice(0, options.children);
    const left = next.length - shown.length;
    for (const [index, child] of shown.entries()) {
      const isLast = index === shown.length - 1 && left === 0;
      const [branch, under] = isLast ? ["└─ ", "   "] : ["├─ ", "│  "];
      visit(child, steps + 1, below + branch, below + under, id);
    }
    if (left > 0 && lines.length >= options.lines) isCut = true;
    else if (left > 0) lines.push({ kind: "more", prefix: `${below}└─ `, count: left });
    path.delete(id);
  };

  for (const root of graph.roots) visit(root, 0, "", "");
  const settled = lines.map((line) =>
    line.kind === "vertex" && line.mark === "repeated" && !expanded.has(line.id)
      ? { ...line, mark: "unfollowed" as const }
      : line,
  );
  return { lines: settled, isCut };
}
