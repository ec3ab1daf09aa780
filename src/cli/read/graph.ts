import { type Command, Option } from "commander";
import stringWidth from "string-width";
import { parseWholeNumber } from "../options.ts";
import { counted, textWidth } from "../output/layout.ts";
import { jsonLine, sanitize } from "../output/sanitize.ts";
import { coloursFor } from "../output/terminal.ts";
import { addReadOptions, type ReadOptions, type TextStyle, withReader } from "./read-command.ts";
import type { Reader } from "./reader.ts";

type Options = ReadOptions & {
  readonly depth: number;
  readonly direction: keyof typeof directions;
  readonly maxNodes: number;
  readonly children: number;
};

const directions = { references: "REFERENCES", "cited-by": "CITED_BY", both: "BOTH" } as const;

/** Lines of a tree, at most: more than a person reads. */
const maxLines = 2_000;

export function addGraphCommand(program: Command): void {
  const command = program
    .command("graph")
    .description("show the citations around works as a tree")
    .argument("<refs...>", "papers or works, up to 100: Pith numbers, arXiv ids, DOIs, or URLs")
    .option("--depth <steps>", "maximum steps from these works, up to 10", parseWholeNumber(0, 10), 1)
    .addOption(
      new Option("--direction <direction>", "follow references, citations, or both")
        .choices(Object.keys(directions))
        .default("references"),
    )
    .option(
      "--max-nodes <number>",
      "maximum works, up to 5000; the most cited are kept",
      parseWholeNumber(1, 5000),
      300,
    )
    .option("--children <number>", "maximum lines below one work", parseWholeNumber(1, 5000), 20)
    .addHelpText(
      "after",
      `
Below each work are the works that it cites (or that cite it). A work is expanded once: ↺ marks an ancestor (a cycle),
↑ a work that is expanded elsewhere in the tree, … a work whose own place was left out.

Examples:
  $ pith-graph graph 2302.12192 --depth 2
  $ pith-graph graph hep-th/9711200 --direction cited-by --depth 2 --max-nodes 30 --children 5
  $ pith-graph graph 2302.12192 --json

JSON: {"citationGraph": {"graphVersion", "truncated", "nodes": […], "edges": […]}}, as in GraphQL, with all edges.`,
    );
  addReadOptions(command).action((refs: string[], options: Options) => runGraph(refs, options));
}

const query = /* GraphQL */ `
  query Graph($roots: [String!]!, $depth: Int!, $direction: CitationDirection!, $maxNodes: Int!) {
    citationGraph(roots: $roots, depth: $depth, direction: $direction, maxNodes: $maxNodes) {
      graphVersion
      truncated
      nodes { depth work { id arxivId doi title year citedByCount paper { pithNumber } } }
      edges { citing { id } cited { id } isInternalAnchor }
    }
  }
`;

async function runGraph(roots: readonly string[], options: Options): Promise<void> {
  const { depth, maxNodes, children } = options;
  const direction = directions[options.direction];
  const draw = async ({ execute }: Reader) => {
    const answer = await execute<{ citationGraph: CitationGraph }>(query, {
      roots,
      depth,
      direction,
      maxNodes,
    });
    if (options.json === true) {
      process.stdout.write(`${jsonLine(answer)}\n`);
      return;
    }
    const tree = treeOf(answer.citationGraph, direction, { depth, children, lines: maxLines });
    const style = { colours: coloursFor(process.stdout), width: textWidth(process.stdout) };
    process.stdout.write(`${graphLines(answer.citationGraph, tree, style).join("\n")}\n`);
  };
  await withReader(options, draw, roots);
}

export type CitationGraph = {
  readonly graphVersion: string;
  readonly truncated: boolean;
  readonly nodes: readonly { readonly depth: number; readonly work: Work }[];
  readonly edges: readonly {
    readonly citing: { readonly id: string };
    readonly cited: { readonly id: string };
    readonly isInternalAnchor: boolean;
  }[];
};

type Work = {
  readonly id: string;
  readonly arxivId: string | null;
  readonly doi: string | null;
  readonly title: string | null;
  readonly year: number | null;
  readonly citedByCount: number;
  readonly paper: { readonly pithNumber: string } | null;
};

/** The tree of a citation graph: the works below one are in the order of the answer, most cited first. */
function treeOf(
  { nodes, edges }: CitationGraph,
  direction: "REFERENCES" | "CITED_BY" | "BOTH",
  options: TreeOptions,
): Tree {
  const depthOf = new Map(nodes.map(({ depth, work }) => [work.id, depth]));
  const order = new Map(nodes.map(({ work }, index) => [work.id, index]));
  const next = new Map<string, Set<string>>();
  const lead = (from: string, to: string) => {
    const others = next.get(from);
    if (others === undefined) next.set(from, new Set([to]));
    else others.add(to);
  };
  for (const { citing, cited } of edges) {
    if (direction !== "CITED_BY") lead(citing.id, cited.id);
    if (direction !== "REFERENCES") lead(cited.id, citing.id);
  }
  const byOrder = (a: string, b: string) => (order.get(a) ?? 0) - (order.get(b) ?? 0);
  const roots = nodes.filter(({ depth }) => depth === 0).map(({ work }) => work.id);
  return layOutTree(
    { roots, depthOf, next: new Map([...next].map(([id, others]) => [id, [...others].sort(byOrder)])) },
    { ...options, isUndirected: direction === "BOTH" },
  );
}

/** The tree for a person at a terminal, with a description of what is left out. */
function graphLines(graph: CitationGraph, { lines, isCut }: Tree, { colours, width }: TextStyle): string[] {
  const works = new Map(graph.nodes.map(({ work }) => [work.id, work]));
  const marks = { first: "", cycle: " ↺ cycle", repeated: " ↑ elsewhere", unfollowed: " … left out" };
  const draw = (line: TreeLine): string => {
    if (line.kind === "more") return `${line.prefix}… ${line.count} more (--children)`;
    const work = works.get(line.id);
    if (work === undefined) return line.prefix;
    const name = sanitize(work.arxivId ?? work.doi ?? "(no id)", 30);
    const year = work.year === null ? "" : ` ${work.year}`;
    const stored = work.paper === null ? "" : ", stored";
    const tail = `${year}, cited by ${work.citedByCount}${stored}`;
    // A title that is only its own arXiv id adds nothing.
    const title = work.title === name || work.title === null ? "" : work.title;
    const taken = stringWidth(line.prefix) + stringWidth(name) + tail.length + marks[line.mark].length + 2;
    const shown = title === "" ? "" : ` ${sanitize(title, Math.max(12, width - taken))}`;
    const mark = line.mark === "cycle" ? colours.bad(marks.cycle) : colours.doubtful(marks[line.mark]);
    return `${colours.faint(line.prefix)}${colours.name(name)}${shown}${colours.faint(tail)}${mark}`;
  };
  const notes = [
    `${counted(graph.nodes.length, "work")}, ${counted(graph.edges.length, "citation")}, graph version ${sanitize(graph.graphVersion)}`,
  ];
  if (graph.truncated) {
    notes.push(
      colours.doubtful(
        "Truncated: the graph has more than --max-nodes works, or exceeds the server's limit.",
      ),
    );
  }
  if (isCut)
    notes.push(
      colours.doubtful(`Only the first ${lines.length} lines are shown. Use --json for the complete graph.`),
    );
  return [...lines.map(draw), "", ...notes];
}

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
