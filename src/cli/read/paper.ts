import type { Command } from "commander";
import { counted, padded, textWidth, wrapped } from "../output/layout.ts";
import { jsonLine, sanitize } from "../output/sanitize.ts";
import { type Colours, coloursFor } from "../output/terminal.ts";
import {
  addReadOptions,
  otherVersions,
  type Provenance,
  proofWord,
  provenanceText,
  type ReadOptions,
  refDescription,
  type SignerOrigin,
  type StoredVersions,
  type TextStyle,
  unknownRef,
  withReader,
} from "./read-command.ts";
import type { Reader } from "./reader.ts";

export function addPaperCommand(program: Command): void {
  const command = program
    .command("paper")
    .description("show a paper: its metadata, provenance and verification results")
    .argument("<ref>", refDescription)
    .addHelpText(
      "after",
      `
For a work that is only cited, the details come from the papers that cite it.

Examples:
  $ pith-graph paper 2302.12192
  $ pith-graph paper pith:ROU4N4IR --json
  $ pith-graph paper --url http://127.0.0.1:4000 https://arxiv.org/abs/2302.12192

JSON: {"paper": … | null, "work": … | null}, as in GraphQL.`,
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
  const find = async ({ execute }: Reader) => {
    const answer = await execute<PaperAnswer>(query, { ref });
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

type PaperAnswer = { readonly paper: ShownPaper | null; readonly work: ShownWork | null };

type ShownPaper = {
  readonly pithNumber: string;
  readonly title: string | null;
  readonly authors: readonly string[];
  readonly source: { readonly kind: string; readonly identifier: string; readonly version: number | null };
  readonly submittedAt: string;
  readonly primaryCategory: string | null;
  readonly crossCategories: readonly string[];
  readonly license: string | null;
  readonly headline: string | null;
  readonly claims: { readonly totalCount: number };
  readonly referenceCoverage: {
    readonly asserted: number | null;
    readonly listed: number;
    readonly stored: number;
    readonly internalAnchors: number | null;
    readonly complete: boolean;
  };
  readonly recordProvenance: Provenance | null;
  readonly snapshotProvenance: Provenance | null;
  readonly verification: Readonly<Record<(typeof checks)[number], string>> & {
    readonly proof: string;
    readonly signer: { readonly origin: SignerOrigin } | null;
    readonly equivocations: number;
    readonly invalidEvents: number;
  };
  readonly state: { readonly sha256: string; readonly eventCount: number };
};

type ShownWork = {
  readonly arxivId: string | null;
  readonly doi: string | null;
  readonly title: string | null;
  readonly year: number | null;
  readonly citedByCount: number;
  readonly referenceCount: number | null;
  readonly statedYear: number | null;
  readonly identityConflicts: readonly {
    readonly identifier: string;
    readonly candidates: readonly {
      readonly arxivId: string | null;
      readonly doi: string | null;
      readonly paperCount: number;
    }[];
  }[];
  readonly papers: StoredVersions;
};

const checks = [
  "recordHash",
  "receipt",
  "titleBinding",
  "claimsHash",
  "referencesHash",
  "publishedStateHash",
] as const;

/** Formats a paper for a person at a terminal. */
function paperLines(paper: ShownPaper, work: ShownWork | null, { colours, width }: TextStyle): string[] {
  const { source, verification, referenceCoverage: coverage } = paper;
  const version = source.version === null ? "" : `v${source.version}`;
  const categories = [paper.primaryCategory, ...paper.crossCategories].filter((one) => one !== null);
  const facts: readonly (readonly [name: string, text: string])[] = [
    ["Pith number", colours.name(sanitize(paper.pithNumber))],
    ["Source", sanitize(`${source.kind}:${source.identifier}${version}`)],
    ["Submitted", sanitize(paper.submittedAt).slice(0, 10)],
    ["Categories", categories.map((one) => sanitize(one)).join(", ") || "not known"],
    ["License", sanitize(paper.license ?? "not known")],
    ["Claims", String(paper.claims.totalCount)],
    [
      "References",
      `${coverage.asserted ?? "?"} in the paper: ${coverage.listed} listed, ${coverage.stored} stored here, ${coverage.internalAnchors ?? "?"} matched to papers in the registry`,
    ],
    ["Cited by", counted(work?.citedByCount ?? 0, "work")],
    ...(work === null ? [] : conflictFacts(work)),
    ["Record", provenanceText(paper.recordProvenance, colours)],
    ["Snapshot", provenanceText(paper.snapshotProvenance, colours)],
    ["Proof", proofWord(verification.proof, colours, verification.signer?.origin)],
    ...checks.map((check) => [`  ${check}`, resultWord(verification[check], colours)] as const),
    ["Forks", faults(verification.equivocations, colours)],
    ["Invalid events", faults(verification.invalidEvents, colours)],
    ["State", colours.faint(`${sanitize(paper.state.sha256)}, ${counted(paper.state.eventCount, "event")}`)],
  ];
  const headline = paper.headline === null ? [] : ["", ...wrapped(sanitize(paper.headline), width)];
  return [
    ...titleLines(paper.title, colours, width),
    ...wrapped(paper.authors.map((name) => sanitize(name)).join(", "), width),
    ...headline,
    "",
    ...factLines(facts, colours),
  ];
}

/** Formats a work without a stored paper. */
function workLines(work: ShownWork | null, { colours, width }: TextStyle): string[] {
  if (work === null) return [];
  return [
    ...titleLines(work.title, colours, width),
    "",
    ...factLines(
      [
        ["arXiv", sanitize(work.arxivId ?? "not known")],
        ["DOI", sanitize(work.doi ?? "not known")],
        ["Year", yearText(work)],
        ["Cited by", counted(work.citedByCount, "work")],
        ...conflictFacts(work),
      ],
      colours,
    ),
    "",
    "The paper is not stored here. These details come from papers that cite it.",
  ];
}

function yearText({ year, statedYear }: ShownWork): string {
  if (year === null) return "not known";
  return statedYear === null ? String(year) : `${year} (a reference states ${statedYear})`;
}

/** The identifiers of the work on which papers disagree, with the values that they give. */
function conflictFacts({ identityConflicts }: ShownWork): (readonly [name: string, text: string])[] {
  return identityConflicts.map(({ identifier, candidates }) => {
    const given = candidates.map(({ arxivId, doi, paperCount }) => {
      const target = arxivId === null ? doi : `arXiv:${arxivId}`;
      return `${target === null ? "alone" : `as ${sanitize(target)}`} by ${counted(paperCount, "paper")}`;
    });
    return ["Conflict", `${sanitize(identifier)} is cited ${given.join(", ")}`];
  });
}

function titleLines(title: string | null, colours: Colours, width: number): string[] {
  return wrapped(sanitize(title ?? "(no title known)"), width).map(colours.strong);
}

function factLines(facts: readonly (readonly [string, string])[], colours: Colours): string[] {
  return facts.map(([name, text]) => `${colours.faint(padded(name, 22))}${text}`);
}

function faults(count: number, colours: Colours): string {
  return count === 0 ? "none" : colours.bad(String(count));
}

function resultWord(result: string, colours: Colours): string {
  const paint = result === "PASSED" ? colours.good : result === "FAILED" ? colours.bad : colours.doubtful;
  return paint(sanitize(result));
}
