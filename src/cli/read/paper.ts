import type { Command } from "commander";
import { textWidth } from "../output/layout.ts";
import { jsonLine } from "../output/shown-text.ts";
import { coloursFor } from "../output/terminal.ts";
import type { Reader } from "./answer.ts";
import { type PaperAnswer, paperLines, workLines } from "./paper-text.ts";
import {
  addReadOptions,
  otherVersions,
  type ReadOptions,
  refDescription,
  unknownRef,
  withReader,
} from "./read-command.ts";

export function addPaperCommand(program: Command): void {
  const command = program
    .command("paper")
    .description("show a paper: what is known of it, who says so, and what this mirror checked")
    .argument("<ref>", refDescription)
    .addHelpText(
      "after",
      `
Of a work that is only cited, what the citing papers say of it is shown.

Examples:
  $ pith-graph paper 2302.12192
  $ pith-graph paper pith:ROU4N4IR --json
  $ pith-graph paper --url http://127.0.0.1:4000 https://arxiv.org/abs/2302.12192

JSON: {"paper": …, "work": …}, each with the members of the GraphQL type, or null.`,
    );
  addReadOptions(command).action((ref: string, options: ReadOptions) => runPaper(ref, options));
}

const query = /* GraphQL */ `
  query Paper($ref: String!) {
    paper(ref: $ref) {
      pithNumber
      title
      authors
      source { kind identifier version }
      submittedAt
      primaryCategory
      crossCategories
      license
      headline
      claims(first: 0) { totalCount }
      referenceCoverage { asserted listed stored internalAnchors complete }
      recordProvenance { proof signer { signerId keyId origin } }
      snapshotProvenance { proof signer { signerId keyId origin } }
      verification {
        proof signer { origin } recordHash receipt titleBinding claimsHash referencesHash publishedStateHash
        equivocations invalidEvents
      }
      state { sha256 eventCount }
    }
    work(ref: $ref) {
      arxivId doi title year statedYear citedByCount referenceCount
      identityConflicts { identifier candidates { arxivId doi paperCount } }
      papers { pithNumber source { kind identifier version } }
    }
  }
`;

async function runPaper(ref: string, options: ReadOptions): Promise<void> {
  const find = async ({ ask }: Reader) => {
    const answer = await ask<PaperAnswer>(query, { ref });
    if (answer.paper === null && answer.work === null) throw unknownRef(ref);
    const others =
      answer.paper === null && answer.work !== null ? otherVersions(ref, answer.work.papers) : null;
    if (others !== null && options.json !== true) throw others;
    const style = { colours: coloursFor(process.stdout), width: textWidth(process.stdout) };
    const lines = () =>
      answer.paper === null ? workLines(answer.work, style) : paperLines(answer.paper, answer.work, style);
    process.stdout.write(options.json === true ? `${jsonLine(answer)}\n` : `${lines().join("\n")}\n`);
  };
  await withReader(options, find, [ref]);
}
