import { type Command, Option } from "commander";
import { coloursFor } from "../output/colours.ts";
import { textWidth } from "../output/layout.ts";
import { jsonLine } from "../output/shown-text.ts";
import { wholeNumber } from "../whole-number.ts";
import type { Reader } from "./answer.ts";
import { type CitationGraph, graphLines, treeOf } from "./graph-text.ts";
import { addReadOptions, type ReadOptions, withReader } from "./read-command.ts";

type Options = ReadOptions & {
  readonly depth: number;
  readonly direction: keyof typeof directions;
  readonly maxNodes: number;
  readonly children: number;
};

const directions = { references: "REFERENCES", "cited-by": "CITED_BY", both: "BOTH" } as const;

/** Lines of a tree: more than a person looks at. */
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
