import type { Command } from "commander";
import { parseWholeNumber } from "../options.ts";
import { counted, textWidth, wrapped } from "../output/layout.ts";
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

type Options = ListOptions & { readonly limit: number };

export function addClaimsCommand(program: Command): void {
  const command = program
    .command("claims")
    .description("list a paper's claims and who asserted them")
    .argument("<ref>", refDescription)
    .option("--limit <number>", "maximum claims, up to 1000", parseWholeNumber(1, 1000), 100)
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph claims 2302.12192
  $ pith-graph claims 2302.12192 --json --limit 1

${listFormatHelp}
JSON: {"paper": {"pithNumber", "title", "claims": {"totalCount", "nodes": […]}}}, as in GraphQL.`,
    );
  addListOptions(command).action((ref: string, options: Options) => runClaims(ref, options));
}

const query = /* GraphQL */ `
  query Claims($ref: String!, $first: Int!, $after: String) {
    paper(ref: $ref) {
      pithNumber
      title
      claims(first: $first, after: $after) {
        totalCount
        nodes { claimId kind text status attestation provenance { proof signer { signerId keyId origin } } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`;

type Claim = {
  readonly claimId: string;
  readonly kind: string;
  readonly text: string;
  readonly status: string;
  readonly attestation: string;
  readonly provenance: Provenance;
};

const columns: Columns<Claim> = {
  claim_id: ({ claimId }) => claimId,
  kind: ({ kind }) => kind,
  status: ({ status }) => status,
  attestation: ({ attestation }) => attestation,
  proof: ({ provenance }) => provenance.proof,
  signer: ({ provenance }) => provenance.signer.signerId,
  signer_origin: ({ provenance }) => provenance.signer.origin,
  text: ({ text }) => text,
};

type Paper = { readonly pithNumber: string; readonly title: string | null; readonly claims: Page<Claim> };

async function runClaims(ref: string, options: Options): Promise<void> {
  const find = async (reader: Reader) => {
    let paper: Paper | null = null;
    const rows = await firstRows(options.limit, async (page) => {
      ({ paper } = await reader.execute<{ paper: Paper | null }>(query, { ref, ...page }));
      return paper?.claims ?? null;
    });
    if (paper === null || rows === null) throw await noPaper(reader, ref);
    const { pithNumber, title }: Paper = paper;
    const answer = { paper: { pithNumber, title, claims: rows } };
    printList(options, { answer, columns, rows, lines: () => claimLines({ pithNumber, title, ...rows }) });
  };
  await withReader(options, find, [ref]);
}

function claimLines(paper: {
  readonly pithNumber: string;
  readonly title: string | null;
  readonly totalCount: number;
  readonly nodes: readonly Claim[];
}): string[] {
  const colours = coloursFor(process.stdout);
  const width = textWidth(process.stdout);
  const { nodes, totalCount } = paper;
  const lines = [
    colours.strong(sanitize(paper.title ?? "(no title known)", width)),
    `${colours.name(sanitize(paper.pithNumber))}, ${counted(totalCount, "claim")}`,
  ];
  for (const { claimId, kind, text, status, attestation, provenance } of nodes) {
    const details = `${sanitize(status)}, ${sanitize(attestation)}`;
    lines.push(
      "",
      `${colours.strong(sanitize(claimId))} ${sanitize(kind)}, ${details}: ${provenanceText(provenance, colours)}`,
      ...wrapped(sanitize(text), width - 4).map((line) => `    ${line}`),
    );
  }
  if (nodes.length < totalCount) {
    lines.push("", `${totalCount - nodes.length} more (--limit ${Math.min(1000, totalCount)})`);
  }
  return lines;
}
