import { type Command, Option } from "commander";
import { exitStatus } from "../command-error.ts";
import { parseWholeNumber } from "../options.ts";
import { counted, padded, textWidth } from "../output/layout.ts";
import { sanitize } from "../output/sanitize.ts";
import { coloursFor } from "../output/terminal.ts";
import { addListOptions, type Columns, type ListOptions, listFormatHelp, printList } from "./list-format.ts";
import { firstRows, type Page, type SignerOrigin, withReader } from "./read-command.ts";

type Options = ListOptions & {
  readonly limit: number;
  readonly order: keyof typeof orders;
  readonly category?: readonly string[];
  readonly yearFrom?: number;
  readonly yearTo?: number;
  readonly title?: string;
  readonly minCitedBy?: number;
  readonly proof?: string;
};

const orders = {
  newest: "SUBMITTED_DESC",
  oldest: "SUBMITTED_ASC",
  "most-cited": "CITED_BY_DESC",
  "least-cited": "CITED_BY_ASC",
} as const;

export function addPapersCommand(program: Command): void {
  const command = program
    .command("papers")
    .description("list stored papers")
    .option(
      "--category <category>",
      "only papers in this category, primary or cross; can be repeated",
      (category: string, categories: readonly string[] = []) => [...categories, category],
    )
    .option("--year-from <year>", "only papers submitted in this year or later", parseWholeNumber(1, 9999))
    .option("--year-to <year>", "only papers submitted in this year or earlier", parseWholeNumber(1, 9999))
    .option("--title <text>", "only papers whose title contains this text; case is ignored")
    .option(
      "--min-cited-by <number>",
      "only papers cited by this number of works or more",
      parseWholeNumber(0, 2 ** 31 - 1),
    )
    .addOption(
      new Option("--proof <proof>", "only papers with this proof").choices(["signed", "receipt", "hash"]),
    )
    .addOption(
      new Option("--order <order>", "the order of the papers").choices(Object.keys(orders)).default("newest"),
    )
    .option("--limit <number>", "maximum number of papers, up to 1000", parseWholeNumber(1, 1000), 20)
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph papers --category hep-th --order most-cited --limit 10
  $ pith-graph papers --title aligning --year-from 2022
  $ pith-graph papers --proof signed --format csv > signed.csv

${listFormatHelp}
\`pith-graph export table papers\` writes all papers, with more columns.
JSON: {"papers": {"totalCount", "nodes": […]}}, as in GraphQL. Exit status: 1 if no paper matches.`,
    );
  addListOptions(command).action(async (options: Options) => {
    process.exitCode = await runPapers(options);
  });
}

const query = /* GraphQL */ `
  query Papers($first: Int!, $after: String, $filter: PaperFilter, $orderBy: PaperOrder) {
    papers(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
      totalCount
      nodes {
        pithNumber
        shortPithNumber
        title
        authors
        source { kind identifier version }
        submittedAt
        primaryCategory
        work { citedByCount }
        verification { proof signer { signerId origin } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`;

type Paper = {
  readonly pithNumber: string;
  readonly shortPithNumber: string;
  readonly title: string | null;
  readonly authors: readonly string[];
  readonly source: { readonly kind: string; readonly identifier: string; readonly version: number | null };
  readonly submittedAt: string;
  readonly primaryCategory: string | null;
  readonly work: { readonly citedByCount: number };
  readonly verification: {
    readonly proof: string;
    readonly signer: { readonly signerId: string; readonly origin: SignerOrigin } | null;
  };
};

const columns: Columns<Paper> = {
  pith_number: ({ pithNumber }) => pithNumber,
  source: ({ source }) => `${source.kind}:${source.identifier}`,
  version: ({ source }) => source.version,
  submitted_at: ({ submittedAt }) => submittedAt,
  primary_category: ({ primaryCategory }) => primaryCategory,
  cited_by: ({ work }) => work.citedByCount,
  proof: ({ verification }) => verification.proof,
  signer: ({ verification }) => verification.signer?.signerId ?? null,
  signer_origin: ({ verification }) => verification.signer?.origin ?? null,
  title: ({ title }) => title,
  authors: ({ authors }) => authors.join("; "),
};

async function runPapers(options: Options): Promise<number> {
  const { category, yearFrom, yearTo, title, minCitedBy, proof } = options;
  const filter = {
    categories: category,
    yearFrom,
    yearTo,
    titleContains: title,
    minCitedBy,
    proof: proof?.toUpperCase(),
  };
  return withReader(options, async ({ execute }) => {
    const papers = (await firstRows(options.limit, async (page) => {
      const variables = { ...page, filter, orderBy: orders[options.order] };
      return (await execute<{ papers: Page<Paper> }>(query, variables)).papers;
    })) ?? { nodes: [], totalCount: 0 };
    printList(options, { answer: { papers }, columns, rows: papers, lines: () => paperLines(papers) });
    return papers.totalCount === 0 ? exitStatus.failed : exitStatus.done;
  });
}

function paperLines({ nodes, totalCount }: Pick<Page<Paper>, "nodes" | "totalCount">): string[] {
  const colours = coloursFor(process.stdout);
  const room = Math.max(17, textWidth(process.stdout) - 63);
  const line = (id: string, submitted: string, category: string, citedBy: string, proof: string) =>
    `${padded(id, 17)}${padded(submitted, 11)}${padded(category, 12)}${padded(citedBy, 9)}${padded(proof, 14)}`;
  const lines = nodes.map((paper) => {
    const { shortPithNumber, source, verification } = paper;
    const id = source.kind === "arxiv" ? source.identifier : shortPithNumber;
    const proof = verification.proof + (verification.signer?.origin === "SAMPLE" ? " (demo)" : "");
    const facts = line(
      sanitize(id, 16),
      sanitize(paper.submittedAt).slice(0, 10),
      sanitize(paper.primaryCategory ?? "–", 11),
      String(paper.work.citedByCount),
      sanitize(proof, 13),
    );
    return `${facts}${sanitize(paper.title ?? "(no title known)", room)}`;
  });
  const more = nodes.length < totalCount ? `, ${nodes.length} shown: --limit shows more` : "";
  return [
    colours.strong(`${line("ID", "Submitted", "Category", "Cited by", "Proof")}Title`),
    ...lines,
    "",
    `${counted(totalCount, "paper")}${more}`,
  ];
}
