import { type Command, Option } from "commander";
import stringWidth from "string-width";
import { wholeNumber } from "../options.ts";
import { counted, textWidth } from "../output/layout.ts";
import { jsonLine, shownText } from "../output/shown-text.ts";
import { coloursFor } from "../output/terminal.ts";
import { layOutTree, type Tree, type TreeLine, type TreeOptions } from "../output/tree.ts";
import type { Reader } from "./answer.ts";
import type { TextStyle } from "./paper-text.ts";
import { addReadOptions, type ReadOptions, withReader } from "./read-command.ts";

type Options = ReadOptions & {
  readonly depth: number;
  readonly direction: keyof typeof directions;
  readonly maxNodes: number;
  readonly children: number;
};

const directions = { references: "REFERENCES", "cited-by": "CITED_BY", both: "BOTH" } as const;

/** Lines of a tree, at most: more than a person reads. */
const mostLines = 2_000;

export function addGraphCommand(program: Command): void {
  const command = program
    .command("graph")
    .description("draw the citations around works as a tree")
    .argument("<refs...>", "what names a paper or a work, up to 100 of them")
    .option("--depth <steps>", "steps from the works, up to 10", wholeNumber(0, 10), 1)
    .addOption(
      new Option("--direction <way>", "which citations are followed")
        .choices(Object.keys(directions))
        .default("references"),
    )
    .option(
      "--max-nodes <number>",
      "works at most, up to 5000; of too many those cited most",
      wholeNumber(1, 5000),
      300,
    )
    .option("--children <number>", "lines below one work at most", wholeNumber(1, 5000), 20)
    .addHelpText(
      "after",
      `
Below each work stands what it cites (or what cites it), once for each work: ↺ marks one that stands above it on the
way there (a cycle), ↑ one whose own citations stand elsewhere in the tree, … one whose place was left out.

Examples:
  $ pith-graph graph 2302.12192 --depth 2
  $ pith-graph graph hep-th/9711200 --direction cited-by --depth 2 --max-nodes 30 --children 5
  $ pith-graph graph 2302.12192 --json

JSON: {"citationGraph": {"graphVersion", "truncated", "nodes": […], "edges": […]}}, as in GraphQL: all edges, not only
those of the tree.`,
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
  const draw = async ({ ask }: Reader) => {
    const answer = await ask<{ citationGraph: CitationGraph }>(query, { roots, depth, direction, maxNodes });
    if (options.json === true) {
      process.stdout.write(`${jsonLine(answer)}\n`);
      return;
    }
    const tree = treeOf(answer.citationGraph, direction, { depth, children, lines: mostLines });
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
    const name = shownText(work.arxivId ?? work.doi ?? "(no id)", 30);
    const year = work.year === null ? "" : ` ${work.year}`;
    const held = work.paper === null ? "" : " held";
    const tail = `${year}, cited by ${work.citedByCount}${held}`;
    // A title that is only its own arXiv id adds nothing.
    const title = work.title === name || work.title === null ? "" : work.title;
    const taken = stringWidth(line.prefix) + stringWidth(name) + tail.length + marks[line.mark].length + 2;
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
