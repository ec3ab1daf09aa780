/** What a tree is drawn of: vertices with their steps from a root, and who leads to whom. */
type TreeGraph = {
  readonly roots: readonly string[];
  /** Steps from the nearest root. */
  readonly depthOf: ReadonlyMap<string, number>;
  /** Those that a vertex leads to, in the order in which they are shown. */
  readonly next: ReadonlyMap<string, readonly string[]>;
};

export type TreeOptions = {
  /** Vertices at this depth are shown without what they lead to. */
  readonly depth: number;
  /** The most that is shown below one vertex. */
  readonly children: number;
  /** The most lines. */
  readonly lines: number;
  /** Whether edges lead both ways: then none leads back to where one comes from. */
  readonly isUndirected?: boolean;
};

/** A line of a tree: what stands before its vertex, and how often it was there before. */
export type TreeLine =
  | {
      readonly kind: "vertex";
      readonly prefix: string;
      readonly id: string;
      /**
       * `cycle`: it stands above, on the way here. `repeated`: it stands elsewhere, with what it leads to. `unfollowed`: its
       * own place is among what was left out.
       */
      readonly mark: "first" | "cycle" | "repeated" | "unfollowed";
    }
  /** So many more that are not shown. */
  | { readonly kind: "more"; readonly prefix: string; readonly count: number };

export type Tree = {
  readonly lines: readonly TreeLine[];
  /** Whether lines were left out for want of room: there is more than `lines`. */
  readonly isCut: boolean;
};

/**
 * Lays a graph out as a tree. What a vertex leads to is shown once, at a place with as few steps from a root as there
 * can be; wherever it is met again it stands alone, marked. So every edge that leads away from a vertex above `depth`
 * has its line, unless it is counted in a line of kind `more`; and cycles end. Linear in vertices and edges.
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
