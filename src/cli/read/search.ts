import type { Command } from "commander";
import { exitStatus } from "../command-error.ts";
import { wholeNumber } from "../options.ts";
import { counted, textWidth, wrapped } from "../output/layout.ts";
import { shownText } from "../output/shown-text.ts";
import { type Colours, coloursFor } from "../output/terminal.ts";
import { addListOptions, type Columns, type ListOptions, listFormatHelp, printList } from "./list-format.ts";
import { withReader } from "./read-command.ts";

type Options = ListOptions & { readonly limit: number };

export function addSearchCommand(program: Command): void {
  const command = program
    .command("search")
    .description("search titles, authors, abstracts and claims, or find what an identifier names")
    .argument(
      "<words...>",
      'words, all of which must be there; "words side by side"; -word for what must not',
    )
    .option("--limit <number>", "rows at most, up to 100", wholeNumber(1, 100), 10)
    .addHelpText(
      "after",
      `
Words with a hyphen before them go after \`--\`, or the shell's quotes: pith-graph search -- images -survey

Examples:
  $ pith-graph search human feedback
  $ pith-graph search '"text-to-image" -survey' --limit 3
  $ pith-graph search hep-th/9711200 --json

${listFormatHelp}
JSON: {"search": {"totalCount", "edges": […]}}, as in GraphQL. Exit status: 1 where nothing is found.`,
    );
  addListOptions(command).action(async (words: string[], options: Options) => {
    process.exitCode = await runSearch(words.join(" "), options);
  });
}

const query = /* GraphQL */ `
  query Search($query: String!, $first: Int!) {
    search(query: $query, first: $first) {
      totalCount
      edges {
        score
        matchType
        passage { field parts { text isMatch } }
        node {
          __typename
          ... on Paper { pithNumber title submittedAt verification { proof } }
          ... on Claim { claimId kind text paper { pithNumber title } provenance { proof } }
          ... on Work { arxivId doi title year citedByCount }
        }
      }
    }
  }
`;

type Found =
  | {
      readonly __typename: "Paper";
      readonly pithNumber: string;
      readonly title: string | null;
      readonly verification: { readonly proof: string };
    }
  | {
      readonly __typename: "Claim";
      readonly claimId: string;
      readonly text: string;
      readonly paper: { readonly pithNumber: string; readonly title: string | null };
      readonly provenance: { readonly proof: string };
    }
  | {
      readonly __typename: "Work";
      readonly arxivId: string | null;
      readonly doi: string | null;
      readonly title: string | null;
      readonly citedByCount: number;
    };

type Edge = {
  readonly score: number;
  readonly matchType: string;
  readonly passage: {
    readonly field: string;
    readonly parts: readonly { readonly text: string; readonly isMatch: boolean }[];
  } | null;
  readonly node: Found;
};

/** The paper that a result is, or belongs to. */
const paperOf = (node: Found) =>
  node.__typename === "Work" ? null : node.__typename === "Claim" ? node.paper : node;

const columns: Columns<Edge> = {
  type: ({ node }) => node.__typename.toUpperCase(),
  match_type: ({ matchType }) => matchType,
  score: ({ score }) => score,
  pith_number: ({ node }) => paperOf(node)?.pithNumber ?? null,
  claim_id: ({ node }) => (node.__typename === "Claim" ? node.claimId : null),
  arxiv_id: ({ node }) => (node.__typename === "Work" ? node.arxivId : null),
  doi: ({ node }) => (node.__typename === "Work" ? node.doi : null),
  title: ({ node }) => described(node).title,
  passage: ({ passage }) => passage?.parts.map(({ text }) => text).join("") ?? null,
};

async function runSearch(words: string, options: Options): Promise<number> {
  return withReader(options, async ({ ask }) => {
    const answer = await ask<{ search: { totalCount: number; edges: readonly Edge[] } }>(query, {
      query: words,
      first: options.limit,
    });
    const { totalCount, edges } = answer.search;
    const colours = coloursFor(process.stdout);
    const lines = () => [
      ...edges.flatMap((edge) => edgeLines(edge, colours, textWidth(process.stdout))),
      `${counted(totalCount, "result")}${edges.length < totalCount ? `, ${edges.length} shown: --limit shows more` : ""}`,
    ];
    printList(options, { answer, columns, rows: { nodes: edges, totalCount }, lines });
    return totalCount === 0 ? exitStatus.foundWrong : exitStatus.done;
  });
}

function edgeLines({ node, passage, matchType }: Edge, colours: Colours, width: number): string[] {
  const { title, name, detail } = described(node);
  const text = (passage?.parts ?? []).map((part) => {
    const shown = shownText(part.text);
    // White space between the parts belongs to them; wrapped() folds it.
    const [before, after] = [/^\s/.test(part.text) ? " " : "", /\s$/.test(part.text) ? " " : ""];
    return `${before}${part.isMatch && shown !== "" ? mark(shown) : shown}${after}`;
  });
  return [
    colours.strong(shownText(title ?? "(no title known)", width)),
    `  ${colours.name(shownText(name))}  ${colours.faint(`${node.__typename.toLowerCase()}, ${detail}, found by ${shownText(matchType)}`)}`,
    ...wrapped(text.join("").trim(), width - 4).map((line) => `    ${painted(line, colours)}`),
    "",
  ];
}

// Matches are marked during line breaking by characters that shownText removes from any text; then coloured.
const [matchBegin, matchEnd] = ["\u0001", "\u0002"];

function mark(text: string): string {
  return text
    .split(" ")
    .map((word) => `${matchBegin}${word}${matchEnd}`)
    .join(" ");
}

function painted(line: string, colours: Colours): string {
  return line.replace(/\u0001([^\u0002]*)\u0002/g, (_, word: string) => colours.doubtful(word));
}

function described(node: Found): { title: string | null; name: string; detail: string } {
  switch (node.__typename) {
    case "Paper":
      return { title: node.title, name: node.pithNumber, detail: shownText(node.verification.proof) };
    case "Claim":
      return {
        title: node.paper.title,
        name: `${node.paper.pithNumber} ${node.claimId}`,
        detail: shownText(node.provenance.proof),
      };
    default:
      return {
        title: node.title,
        name: node.arxivId ?? node.doi ?? "work",
        detail: `cited by ${node.citedByCount}, no paper held`,
      };
  }
}
