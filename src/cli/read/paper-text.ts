import { counted, padded, wrapped } from "../output/layout.ts";
import { shownText } from "../output/shown-text.ts";
import type { Colours } from "../output/terminal.ts";
import type { StoredVersions } from "./read-command.ts";

export type PaperAnswer = { readonly paper: ShownPaper | null; readonly work: ShownWork | null };

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

export type TextStyle = { readonly colours: Colours; readonly width: number };

/** Formats a paper for a person at a terminal. */
export function paperLines(
  paper: ShownPaper,
  work: ShownWork | null,
  { colours, width }: TextStyle,
): string[] {
  const { source, verification, referenceCoverage: coverage } = paper;
  const version = source.version === null ? "" : `v${source.version}`;
  const categories = [paper.primaryCategory, ...paper.crossCategories].filter((one) => one !== null);
  const facts: readonly (readonly [name: string, text: string])[] = [
    ["Pith number", colours.name(shownText(paper.pithNumber))],
    ["Source", shownText(`${source.kind}:${source.identifier}${version}`)],
    ["Submitted", shownText(paper.submittedAt).slice(0, 10)],
    ["Categories", categories.map((one) => shownText(one)).join(", ") || "not known"],
    ["License", shownText(paper.license ?? "not known")],
    ["Claims", String(paper.claims.totalCount)],
    [
      "References",
      `${coverage.asserted ?? "?"} asserted, ${coverage.listed} listed${coverage.complete ? " (all)" : ""}, ${coverage.stored} with a stored paper; ${coverage.internalAnchors ?? "?"} internal anchors`,
    ],
    ["Cited by", counted(work?.citedByCount ?? 0, "work")],
    ...(work === null ? [] : conflictFacts(work)),
    ["Record", provenanceText(paper.recordProvenance, colours)],
    ["Snapshot", provenanceText(paper.snapshotProvenance, colours)],
    ["Proof", proofWord(verification.proof, colours, verification.signer?.origin)],
    ...checks.map((check) => [`  ${check}`, resultWord(verification[check], colours)] as const),
    ["Forks", faults(verification.equivocations, colours)],
    ["Invalid events", faults(verification.invalidEvents, colours)],
    ["State", colours.faint(`${shownText(paper.state.sha256)}, ${counted(paper.state.eventCount, "event")}`)],
  ];
  const headline = paper.headline === null ? [] : ["", ...wrapped(shownText(paper.headline), width)];
  return [
    ...titleLines(paper.title, colours, width),
    ...wrapped(paper.authors.map((name) => shownText(name)).join(", "), width),
    ...headline,
    "",
    ...factLines(facts, colours),
  ];
}

/** Formats a work without a stored paper. */
export function workLines(work: ShownWork | null, { colours, width }: TextStyle): string[] {
  if (work === null) return [];
  return [
    ...titleLines(work.title, colours, width),
    "",
    ...factLines(
      [
        ["arXiv", shownText(work.arxivId ?? "not known")],
        ["DOI", shownText(work.doi ?? "not known")],
        ["Year", yearText(work)],
        ["Cited by", counted(work.citedByCount, "work")],
        ...conflictFacts(work),
      ],
      colours,
    ),
    "",
    "No paper of it is held: this is what those say that cite it.",
  ];
}

function yearText({ year, statedYear }: ShownWork): string {
  if (year === null) return "not known";
  return statedYear === null ? String(year) : `${year} (a reference states ${statedYear})`;
}

/** The identifiers of the work on which papers disagree, with the values that they give. */
function conflictFacts({ identityConflicts }: ShownWork): (readonly [name: string, text: string])[] {
  return identityConflicts.map(({ identifier, candidates }) => {
    const said = candidates.map(({ arxivId, doi, paperCount }) => {
      const target = arxivId === null ? doi : `arXiv:${arxivId}`;
      return `${target === null ? "alone" : `as ${shownText(target)}`} by ${counted(paperCount, "paper")}`;
    });
    return ["In doubt", `${shownText(identifier)}, named ${said.join(", ")}`];
  });
}

function titleLines(title: string | null, colours: Colours, width: number): string[] {
  return wrapped(shownText(title ?? "(no title known)"), width).map(colours.strong);
}

function factLines(facts: readonly (readonly [string, string])[], colours: Colours): string[] {
  return facts.map(([name, text]) => `${colours.faint(padded(name, 22))}${text}`);
}

function faults(count: number, colours: Colours): string {
  return count === 0 ? "none" : colours.bad(String(count));
}

export type SignerOrigin = "REGISTRY" | "CONFIGURED" | "SAMPLE" | "UNKNOWN";

export type Provenance = {
  readonly proof: string;
  readonly signer: { readonly signerId: string; readonly keyId: string; readonly origin: SignerOrigin };
};

const originNotes: Readonly<Record<SignerOrigin, string | null>> = {
  REGISTRY: null,
  CONFIGURED: null,
  SAMPLE: "demo key, proves nothing",
  UNKNOWN: "key no longer trusted",
};

/**
 * A proof, coloured by its strength: those of the demo key and of untrusted keys are never shown as good. Colour is
 * never the only sign: the word means the same.
 */
function proofWord(proof: string, colours: Colours, origin: SignerOrigin = "REGISTRY"): string {
  const isTrusted = originNotes[origin] === null;
  const paint =
    isTrusted && proof === "SIGNED"
      ? colours.good
      : isTrusted && proof === "RECEIPT"
        ? colours.name
        : colours.doubtful;
  return paint(shownText(proof));
}

/** `SIGNED by pith.science (pith-v1-2026-05)`; with the demo key followed by ` [demo key, proves nothing]`. */
export function provenanceText(provenance: Provenance | null, colours: Colours): string {
  if (provenance === null) return "nobody";
  const { proof, signer } = provenance;
  const note = originNotes[signer.origin];
  return [
    `${proofWord(proof, colours, signer.origin)} by ${shownText(signer.signerId)}`,
    colours.faint(`(${shownText(signer.keyId)})`),
    ...(note === null ? [] : [colours.doubtful(`[${note}]`)]),
  ].join(" ");
}

function resultWord(result: string, colours: Colours): string {
  const paint = result === "PASSED" ? colours.good : result === "FAILED" ? colours.bad : colours.doubtful;
  return paint(shownText(result));
}
