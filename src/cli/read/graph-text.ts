import { columnsOf, counted } from "../output/layout.ts";
import { shownText } from "../output/shown-text.ts";
import { layOutTree, type Tree, type TreeLine, type TreeOptions } from "../output/tree.ts";
import type { TextStyle } from "./paper-text.ts";

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

/** The tree of a citation graph: what is below a work is in the order of the answer, most cited first. */
export function treeOf(
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

/** The tree for a person at a terminal, and in words what is not in it. */
export function graphLines(
  graph: CitationGraph,
  { lines, isCut }: Tree,
  { colours, width }: TextStyle,
): string[] {
  const works = new Map(graph.nodes.map(({ work }) => [work.id, work]));
  const marks = { first: "", cycle: " ↺ cycle", repeated: " ↑ elsewhere", unfollowed: " … left out" };
  const draw = (line: TreeLine): string => {
    if (line.kind === "more") return `${line.prefix}… ${line.count} more (--children)`;
    const work = works.get(line.id);
    if (work === undefined) return line.prefix;
    const name = shownText(work.arxivId ?? work.doi ?? "(no id)", 30);
    const year = work.year === null ? "" : ` ${work.year}`;
    const held = work.paper === null ? "" : " held";
    const tail = `${year}, cited by ${work.citedByCount}${held}`;
    // A title that is only its own arXiv id says nothing more.
    const title = work.title === name || work.title === null ? "" : work.title;
    const taken = columnsOf(line.prefix) + columnsOf(name) + tail.length + marks[line.mark].length + 2;
    const shown = title === "" ? "" : ` ${shownText(title, Math.max(12, width - taken))}`;
    const mark = line.mark === "cycle" ? colours.bad(marks.cycle) : colours.doubtful(marks[line.mark]);
    return `${colours.faint(line.prefix)}${colours.name(name)}${shown}${colours.faint(tail)}${mark}`;
  };
  const notes = [
    `${counted(graph.nodes.length, "work")}, ${counted(graph.edges.length, "citation")}, graph version ${shownText(graph.graphVersion)}`,
  ];
  if (graph.truncated) {
    notes.push(colours.doubtful("Truncated: there is more than --max-nodes, or than the server looks at."));
  }
  if (isCut) notes.push(colours.doubtful(`Only the first ${lines.length} lines are drawn: --json has all.`));
  return [...lines.map(draw), "", ...notes];
}
