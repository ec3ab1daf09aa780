import { type Command, Option } from "commander";
import { parseWholeNumber } from "../options.ts";
import { counted, padded, textWidth } from "../output/layout.ts";
import { sanitize } from "../output/sanitize.ts";
import { coloursFor } from "../output/terminal.ts";
import { addListOptions, type Columns, type ListOptions, listFormatHelp, printList } from "./list-format.ts";
import {
  firstRows,
  noPaper,
  type Page,
  type Provenance,
  provenanceText,
  refDescription,
  withReader,
} from "./read-command.ts";
import type { Reader } from "./reader.ts";

type Options = ListOptions & { readonly limit: number; readonly only?: "stored" | "anchors" };

export function addReferencesCommand(program: Command): void {
  const command = program
    .command("refs")
    .description("list a paper's references")
    .argument("<ref>", refDescription)
    .option("--limit <number>", "maximum references, up to 1000", parseWholeNumber(1, 1000), 100)
    .addOption(
      new Option("--only <kind>", "only references with a stored paper, or internal anchors").choices([
        "stored",
        "anchors",
      ]),
    )
    .addHelpText(
      "after",
      `
Columns: number in the paper's list, year, identifier, title. \`anchor\`: the reference was matched to a paper in the
registry (an internal anchor). \`stored\`: the cited paper is stored here.

Examples:
  $ pith-graph refs 2302.12192
  $ pith-graph refs hep-th/9711200 --only stored --limit 5
  $ pith-graph refs 2302.12192 --json

${listFormatHelp}
JSON: {"paper": {"pithNumber", "title", "referenceCoverage", "snapshotProvenance", "references": {"totalCount", "nodes": […]}}}, as in GraphQL.`,
    );
  addListOptions(command).action((ref: string, options: Options) => runReferences(ref, options));
}

const query = /* GraphQL */ `
  query References($ref: String!, $first: Int!, $after: String, $stored: Boolean, $internalAnchor: Boolean) {
    paper(ref: $ref) {
      pithNumber
      title
      referenceCoverage { asserted listed stored internalAnchors complete }
      snapshotProvenance { proof signer { signerId keyId origin } }
      references(first: $first, after: $after, stored: $stored, internalAnchor: $internalAnchor) {
        totalCount
        nodes {
          refIndex title year citedArxivId doi isInternalAnchor
          work { arxivId doi title citedByCount }
          citedPaper { pithNumber }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`;

type Reference = {
  readonly refIndex: number;
  readonly title: string | null;
  readonly year: number | null;
  readonly isInternalAnchor: boolean;
  readonly work: {
    readonly arxivId: string | null;
    readonly doi: string | null;
    readonly title: string | null;
    readonly citedByCount: number;
  };
  readonly citedPaper: { readonly pithNumber: string } | null;
};

const columns: Columns<Reference> = {
  ref_index: ({ refIndex }) => refIndex,
  year: ({ year }) => year,
  arxiv_id: ({ work }) => work.arxivId,
  doi: ({ work }) => work.doi,
  is_internal_anchor: ({ isInternalAnchor }) => isInternalAnchor,
  cited_pith_number: ({ citedPaper }) => citedPaper?.pithNumber ?? null,
  cited_by: ({ work }) => work.citedByCount,
  title: ({ title, work }) => title ?? work.title,
};

type Coverage = { readonly asserted: number | null; readonly listed: number };
type Paper = {
  readonly pithNumber: string;
  readonly title: string | null;
  readonly referenceCoverage: Coverage;
  readonly snapshotProvenance: Provenance | null;
  readonly references: Page<Reference>;
};

async function runReferences(ref: string, options: Options): Promise<void> {
  const only = {
    ...(options.only === "stored" ? { stored: true } : {}),
    ...(options.only === "anchors" ? { internalAnchor: true } : {}),
  };
  const find = async (reader: Reader) => {
    let paper: Paper | null = null;
    const references = await firstRows(options.limit, async (page) => {
      ({ paper } = await reader.execute<{ paper: Paper | null }>(query, { ref, ...page, ...only }));
      return paper?.references ?? null;
    });
    if (paper === null || references === null) throw await noPaper(reader, ref);
    const shown = { ...(paper as Paper), references };
    const lines = () => referenceLines(shown);
    printList(options, { answer: { paper: shown }, columns, rows: references, lines });
  };
  await withReader(options, find, [ref]);
}

function referenceLines(
  paper: Omit<Paper, "references"> & { readonly references: Pick<Page<Reference>, "totalCount" | "nodes"> },
): string[] {
  const colours = coloursFor(process.stdout);
  const width = textWidth(process.stdout);
  const { nodes, totalCount } = paper.references;
  const { asserted, listed } = paper.referenceCoverage;
  const lines = [
    colours.strong(sanitize(paper.title ?? "(no title known)", width)),
    `${colours.name(sanitize(paper.pithNumber))}: ${listed} of ${asserted ?? "?"} references listed${totalCount === listed ? "" : `, ${counted(totalCount, "match", "matches")}`}`,
    `Source: ${provenanceText(paper.snapshotProvenance, colours)}`,
    "",
  ];
  for (const { refIndex, title, year, isInternalAnchor, work, citedPaper } of nodes) {
    const id = sanitize(work.arxivId ?? work.doi ?? "", 24);
    const marks = [isInternalAnchor ? "anchor" : "", citedPaper === null ? "" : "stored"].filter(Boolean);
    const head = `${padded(String(refIndex), 5)}${padded(String(year ?? "–"), 6)}${padded(id, 26)}`;
    const tail = marks.length === 0 ? "" : `  [${marks.join(", ")}]`;
    const room = Math.max(20, width - 37 - tail.length);
    lines.push(`${head}${sanitize(title ?? work.title ?? "(no title)", room)}${colours.good(tail)}`);
  }
  if (nodes.length < totalCount) {
    lines.push("", `${totalCount - nodes.length} more (--limit ${Math.min(1000, totalCount)})`);
  }
  return lines;
}
