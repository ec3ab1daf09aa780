import { isAtLeast, isPithNumber, type PaperRef, parsePaperRef, suffixOf } from "../../protocol/index.ts";
import { comparePapersOfWork, type IdentifierKind, identifierIdOf } from "../../row-rules/index.ts";
import { ApiError, badUserInput } from "../errors.ts";
import type { ColumnSet } from "./columns.ts";
import {
  type PaperLoaders,
  type PaperRow,
  paperColumns,
  type WorkLoaders,
  type WorkRow,
  workColumns,
} from "./papers.ts";

/** Looks up a user's refs; rejects with an ApiError. */
export type PaperRefLoaders = {
  /** The paper that a ref names; null if none is stored. */
  paperByRef<Name extends keyof PaperRow>(
    ref: string,
    columns: ColumnSet<PaperRow, Name>,
  ): Promise<Pick<PaperRow, Name> | null>;
  /** The work that a ref or a work id names; null if none is known. */
  workByRef<Name extends keyof WorkRow>(
    ref: string,
    columns: ColumnSet<WorkRow, Name>,
  ): Promise<Pick<WorkRow, Name> | null>;
};

/** What decides which paper a ref names. */
const decidingColumns = paperColumns.of(
  "pithNumber",
  "sourceVersion",
  "submittedAt",
  "proof",
  "recordStanding",
);

/** What a ref states of the paper that it names. */
const matchedColumns = paperColumns.of("pithNumber", "sourceVersion");

/** The maximum number of matches that an error lists. */
const maxListed = 10;

/** Uses the loaders of papers and works: the number of statements does not depend on the number of refs. */
export function paperRefLoaders(loaders: PaperLoaders & WorkLoaders): PaperRefLoaders {
  return {
    paperByRef: async (ref, columns) => findPaper(loaders, readRef(ref), ref, columns),
    workByRef: async (ref, columns) => findWork(loaders, readRef(ref), ref, columns),
  };
}

function readRef(ref: string): PaperRef {
  const parsed = parsePaperRef(ref);
  if (parsed !== null) return parsed;
  throw badUserInput(
    `${quote(ref)} names no paper. Accepted: a Pith number (pith:2023:ROU4N4IRYZ3HV3M7HKTK3YY643), its suffix or ` +
      "the first 8, 12 or 16 characters of it, an arXiv id (2302.12192, arXiv:hep-th/9711200v3), a DOI " +
      "(10.48550/arxiv.2302.12192), the address of any of these, and for a work also its work id (a UUID).",
  );
}

function quote(ref: string): string {
  return JSON.stringify(ref.length > 100 ? `${ref.slice(0, 100)}…` : ref);
}

async function findPaper(
  loaders: PaperLoaders,
  ref: PaperRef,
  written: string,
  columns: ColumnSet<PaperRow>,
): Promise<PaperRow | null> {
  switch (ref.kind) {
    case "work_id":
      throw badUserInput(
        `${quote(written)} is a work id, which names a work and no paper: ask \`work(ref:)\`.`,
      );
    case "pith": {
      const candidates = await papersWithKey(loaders, `pith:${ref.suffix.slice(0, 8)}`, columns);
      const matches = candidates.filter(({ pithNumber }) => isPithNumberOf(ref, pithNumber));
      if (matches.length > 1) throw ambiguous(written, matches);
      return matches[0] ?? null;
    }
    case "arxiv": {
      const candidates = await papersWithKey(loaders, `arxiv:${ref.id}`, columns);
      return preferred(
        candidates.filter((paper) => ref.version === null || paper.sourceVersion === ref.version),
      );
    }
    case "doi":
      return preferred(await papersWithKey(loaders, `doi:${ref.doi}`, columns));
  }
}

/** Whether a ref names a Pith number: in full, or by the first characters of its suffix. */
export function isPithNumberOf(ref: PaperRef, pithNumber: string): boolean {
  return (
    ref.kind === "pith" &&
    isPithNumber(pithNumber) &&
    suffixOf(pithNumber).startsWith(ref.suffix) &&
    (ref.year === null || pithNumber.startsWith(`pith:${ref.year}:`))
  );
}

async function papersWithKey(
  { papersByKey, paper }: PaperLoaders,
  key: string,
  columns: ColumnSet<PaperRow>,
): Promise<PaperRow[]> {
  const ids = await papersByKey.load(key);
  // A single candidate has no rival.
  const rows = await paper
    .for(columns.union(ids.length === 1 ? matchedColumns : decidingColumns))
    .getMany(ids);
  return rows.filter((row) => row !== null);
}

function ambiguous(written: string, matches: readonly PaperRow[]): ApiError {
  const numbers = matches.map(({ pithNumber }) => pithNumber).sort();
  const listed = numbers.slice(0, maxListed);
  const more = numbers.length > listed.length ? `, and ${numbers.length - listed.length} more` : "";
  return new ApiError(
    "AMBIGUOUS_REF",
    `${quote(written)} matches ${numbers.length} papers: ${listed.join(", ")}${more}.`,
    { pithNumbers: listed },
  );
}

/**
 * Of papers that share an identifier, the one that would represent their work. A paper with an unproved record is
 * returned only if there is no other: it belongs to no work but its own (PROTOCOL, 7).
 */
function preferred(candidates: readonly PaperRow[]): PaperRow | null {
  if (candidates.length < 2) return candidates[0] ?? null;
  const proved = candidates.filter(({ recordStanding }) => isAtLeast(recordStanding, "receipt"));
  return (proved.length > 0 ? proved : [...candidates]).sort(comparePapersOfWork)[0] ?? null;
}

async function findWork(
  loaders: PaperLoaders & WorkLoaders,
  ref: PaperRef,
  written: string,
  columns: ColumnSet<WorkRow>,
): Promise<WorkRow | null> {
  const workId = (await workIdByIdentifier(loaders, ref)) ?? (await workIdByPaper(loaders, ref, written));
  return workId === null ? null : loaders.work.for(columns).get(workId);
}

async function workIdByIdentifier(loaders: WorkLoaders, ref: PaperRef): Promise<bigint | null> {
  if (ref.kind === "pith") return null;
  const [kind, value]: [IdentifierKind, string] =
    ref.kind === "arxiv"
      ? ["arxiv", ref.id]
      : ref.kind === "doi"
        ? ["doi", ref.doi]
        : ["work_id", ref.workId];
  const row = await loaders.identifier.load(identifierIdOf(kind, value));
  return row?.value === value ? row.workId : null;
}

const ofWork = paperColumns.of("workId");

async function workIdByPaper(loaders: PaperLoaders, ref: PaperRef, written: string): Promise<bigint | null> {
  if (ref.kind === "work_id") return null;
  return (await findPaper(loaders, ref, written, ofWork))?.workId ?? null;
}

/** An entry of a bibliography: a stored paper, or a cited work without a stored paper. */
type CitableRef =
  | { readonly kind: "paper"; readonly pithNumber: string }
  | { readonly kind: "work"; readonly workId: bigint };

const pithNumber = paperColumns.of("pithNumber");
const paperOfWork = workColumns.of("workId", "paperId");

/**
 * Resolves a ref for a bibliography: the stored paper, else the cited work. Null if neither is known, or if the ref
 * names a version and another one is stored. Rejects as `paperByRef` and `workByRef` do.
 */
export async function findCitable(
  ref: string,
  loaders: Pick<PaperLoaders, "paper"> & PaperRefLoaders,
): Promise<CitableRef | null> {
  // A work id never names a paper.
  const namesWork = parsePaperRef(ref)?.kind === "work_id";
  const paper = namesWork ? null : await loaders.paperByRef(ref, pithNumber);
  if (paper !== null) return { kind: "paper", pithNumber: paper.pithNumber };
  const work = await loaders.workByRef(ref, paperOfWork);
  if (work === null) return null;
  if (work.paperId === null) return { kind: "work", workId: work.workId };
  const stored = namesWork ? await loaders.paper.for(pithNumber).get(work.paperId) : null;
  return stored === null ? null : { kind: "paper", pithNumber: stored.pithNumber };
}
