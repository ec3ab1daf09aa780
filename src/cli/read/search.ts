import type { Command } from "commander";
import { exitStatus } from "../command-error.ts";
import { parseWholeNumber } from "../options.ts";
import { counted, textWidth, wrapped } from "../output/layout.ts";
import { sanitize } from "../output/sanitize.ts";
import { type Colours, coloursFor } from "../output/terminal.ts";
import { addListOptions, type Columns, type ListOptions, listFormatHelp, printList } from "./list-format.ts";
import { withReader } from "./read-command.ts";

type Options = ListOptions & { readonly limit: number };

export function addSearchCommand(program: Command): void {
  const command = program
    .command("search")
    .description("search papers by title, author, abstract, claim or identifier")
    .argument(
      "<words...>",
      'words that must all occur; "a phrase"; -word to exclude a word; or an identifier',
    )
    .option("--limit <number>", "maximum papers and works, up to 100", parseWholeNumber(1, 100), 10)
    .addHelpText(
      "after",
      `
Claims are listed under their paper. To exclude a word, write \`--\` before the words: pith-graph search -- images -survey

Examples:
  $ pith-graph search human feedback
  $ pith-graph search '"text-to-image" -survey' --limit 3
  $ pith-graph search hep-th/9711200 --json

${listFormatHelp}
JSON: {"search": {"totalCount", "edges": […], "pageInfo"}}, as in GraphQL: one page of --limit matches.
Exit status: 1 if nothing matches.`,
    );
  addListOptions(command).action(async (words: string[], options: Options) => {
    process.exitCode = await runSearch(words.join(" "), options);
  });
}

const query = /* GraphQL */ `
  query Search($query: String!, $first: Int!, $after: String) {
    search(query: $query, first: $first, after: $after) {
      totalCount
      edges {
        score
        matchType
        passage { field parts { text isMatch } }
        node {
          __typename
          ... on Paper { pithNumber title submittedAt verification { proof } }
          ... on Claim { claimId kind text paper { pithNumber title verification { proof } } provenance { proof } }
          ... on Work { id arxivId doi title year citedByCount }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`;

type FoundPaper = {
  readonly pithNumber: string;
  readonly title: string | null;
  readonly verification: { readonly proof: string };
};

type Found =
  | ({ readonly __typename: "Paper" } & FoundPaper)
  | {
      readonly __typename: "Claim";
      readonly claimId: string;
      readonly paper: FoundPaper;
      readonly provenance: { readonly proof: string };
    }
  | {
      readonly __typename: "Work";
      readonly id: string;
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

type SearchAnswer = {
  readonly search: {
    readonly totalCount: number;
    readonly edges: readonly Edge[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
};

/** The paper that a match is, or belongs to. */
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
  title: ({ node }) => (node.__typename === "Claim" ? node.paper : node).title,
  passage: ({ passage }) => passage?.parts.map(({ text }) => text).join("") ?? null,
};

/** A paper or a work with all its matches: a paper's own passage, then its claims. */
type Group = {
  readonly title: string | null;
  readonly name: string;
  readonly detail: string;
  passage: Edge["passage"];
  readonly claims: { readonly id: string; readonly proof: string; readonly passage: Edge["passage"] }[];
};

/** Rows requested for each result that is shown: a paper often matches together with some of its claims. */
const rowsPerResult = 3;
/** The most rows of one page of a search. */
const maxPageSize = 100;
/** The most claims shown below one paper. */
const maxClaims = 3;

async function runSearch(words: string, options: Options): Promise<number> {
  const { limit, format } = options;
  return withReader(options, async ({ execute }) => {
    // Other formats print one row for each match, so one page is enough.
    const isGrouped = format === "table" && options.json !== true;
    const first = isGrouped ? Math.min(maxPageSize, limit * rowsPerResult) : limit;
    const groups = new Map<string, Group>();
    const search = (after: string | null) => execute<SearchAnswer>(query, { query: words, first, after });
    const answer = await search(null);
    const { edges, totalCount } = answer.search;
    const isFuzzy = edges.length > 0 && edges.every(({ matchType }) => matchType === "FUZZY");
    let page = answer.search;
    for (const edge of edges) addMatch(groups, edge);
    while (isGrouped && groups.size < limit && page.pageInfo.hasNextPage) {
      page = (await search(page.pageInfo.endCursor)).search;
      for (const edge of page.edges) addMatch(groups, edge);
    }
    const lines = () => {
      const colours = coloursFor(process.stdout);
      const width = textWidth(process.stdout);
      const shown = [...groups.values()].slice(0, limit);
      const isCut = page.pageInfo.hasNextPage || groups.size > limit;
      const more = isCut ? `, the first ${shown.length} papers and works shown (--limit)` : "";
      return [
        ...(isFuzzy ? ["No exact matches. Showing similar titles and authors.", ""] : []),
        ...shown.flatMap((group) => [...groupLines(group, colours, width), ""]),
        totalCount === 0 ? "No results." : `${counted(totalCount, "match", "matches")}${more}`,
      ];
    };
    printList(options, { answer, columns, rows: { nodes: edges, totalCount }, lines });
    return totalCount === 0 ? exitStatus.failed : exitStatus.done;
  });
}

/** Adds a match to the group of its paper or work; groups are in the order of their best match. */
function addMatch(groups: Map<string, Group>, { node, passage }: Edge): void {
  const { key, ...described } = describe(node);
  const group = groups.get(key) ?? { ...described, passage: null, claims: [] };
  groups.set(key, group);
  if (node.__typename === "Claim") {
    group.claims.push({ id: node.claimId, proof: node.provenance.proof, passage });
  } else group.passage = passage;
}

function describe(node: Found): Pick<Group, "title" | "name" | "detail"> & { readonly key: string } {
  if (node.__typename === "Work") {
    const detail = `cited by ${node.citedByCount}, paper not stored`;
    return { key: node.id, title: node.title, name: node.arxivId ?? node.doi ?? "cited work", detail };
  }
  const { pithNumber, title, verification } = node.__typename === "Claim" ? node.paper : node;
  return { key: pithNumber, title, name: pithNumber, detail: verification.proof };
}

function groupLines({ title, name, detail, passage, claims }: Group, colours: Colours, width: number) {
  const indented = (text: string) =>
    wrapped(text, width - 4).map((line) => `    ${highlighted(line, colours)}`);
  const left = claims.length - maxClaims;
  return [
    colours.strong(sanitize(title ?? "(no title known)", width)),
    `  ${colours.name(sanitize(name))}  ${colours.faint(sanitize(detail))}`,
    ...indented(passageText(passage)),
    ...claims
      .slice(0, maxClaims)
      .flatMap((claim) =>
        indented(`Claim ${sanitize(claim.id)} (${sanitize(claim.proof)}): ${passageText(claim.passage)}`),
      ),
    ...(left > 0 ? [`    … ${counted(left, "more claim")}`] : []),
  ];
}

// Matches are marked during line breaking by characters that sanitize removes from any text; then highlighted.
const [matchBegin, matchEnd] = ["\u0001", "\u0002"];

function passageText(passage: Edge["passage"]): string {
  const parts = (passage?.parts ?? []).map(({ text, isMatch }) => {
    const shown = sanitize(text);
    // White space between the parts belongs to them; wrapped() folds it.
    const [before, after] = [/^\s/.test(text) ? " " : "", /\s$/.test(text) ? " " : ""];
    const words = shown.split(" ").map((word) => `${matchBegin}${word}${matchEnd}`);
    return `${before}${isMatch && shown !== "" ? words.join(" ") : shown}${after}`;
  });
  return parts.join("").trim();
}

function highlighted(line: string, colours: Colours): string {
  return line.replace(/\u0001([^\u0002]*)\u0002/g, (_, word: string) => colours.doubtful(word));
}
