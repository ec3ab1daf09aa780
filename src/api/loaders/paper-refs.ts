import DataLoader from "dataloader";
import { isAtLeast, isPithNumber, type PaperRef, parsePaperRef, suffixOf } from "../../protocol/index.ts";
import { comparePapersOfWork, type IdentifierKind, identifierIdOf } from "../../row-rules/index.ts";
import { ApiError, badUserInput } from "../errors.ts";
import type { PaperLoaders, PaperRow, WorkLoaders, WorkRow } from "./papers.ts";

export type PaperRefLoaders = {
  /** The paper that a user's ref names; null if none is stored. Rejects with an ApiError. */
  readonly paperByRef: DataLoader<string, PaperRow | null>;
  /** The work that a ref or a work id names; null if none is known. Rejects with an ApiError. */
  readonly workByRef: DataLoader<string, WorkRow | null>;
};

/** The maximum number of matches that an error lists. */
const maxListed = 10;

/** Uses the loaders of papers and works: the number of statements does not depend on the number of refs. */
export function paperRefLoaders(loaders: PaperLoaders & WorkLoaders): PaperRefLoaders {
  const paperByRef = new DataLoader<string, PaperRow | null>((refs) =>
    loadEach(refs, (ref) => findPaper(loaders, readRef(ref), ref)),
  );
  const workByRef = new DataLoader<string, WorkRow | null>((refs) =>
    loadEach(refs, (ref) => findWork(loaders, readRef(ref), ref)),
  );
  return { paperByRef, workByRef };
}

function loadEach<Value>(
  refs: readonly string[],
  find: (ref: string) => Promise<Value>,
): Promise<(Value | Error)[]> {
  return Promise.all(
    refs.map(async (ref) => {
      try {
        return await find(ref);
      } catch (error) {
        if (error instanceof Error) return error;
        throw error;
      }
    }),
  );
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

async function findPaper(loaders: PaperLoaders, ref: PaperRef, written: string): Promise<PaperRow | null> {
  switch (ref.kind) {
    case "work_id":
      throw badUserInput(
        `${quote(written)} is a work id, which names a work and no paper: ask \`work(ref:)\`.`,
      );
    case "pith": {
      const candidates = await papersWithKey(loaders, `pith:${ref.suffix.slice(0, 8)}`);
      const matches = candidates.filter(({ pithNumber }) => isPithNumberOf(ref, pithNumber));
      if (matches.length > 1) throw ambiguous(written, matches);
      return matches[0] ?? null;
    }
    case "arxiv": {
      const candidates = await papersWithKey(loaders, `arxiv:${ref.id}`);
      return preferred(
        candidates.filter((paper) => ref.version === null || paper.sourceVersion === ref.version),
      );
    }
    case "doi":
      return preferred(await papersWithKey(loaders, `doi:${ref.doi}`));
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

async function papersWithKey(loaders: PaperLoaders, key: string): Promise<PaperRow[]> {
  const ids = await loaders.papersByKey.load(key);
  const rows = await Promise.all(ids.map((id) => loaders.paper.load(id)));
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
  const proved = candidates.filter(({ recordStanding }) => isAtLeast(recordStanding, "receipt"));
  return (proved.length > 0 ? proved : [...candidates]).sort(comparePapersOfWork)[0] ?? null;
}

async function findWork(
  loaders: PaperLoaders & WorkLoaders,
  ref: PaperRef,
  written: string,
): Promise<WorkRow | null> {
  const workId = (await workIdByIdentifier(loaders, ref)) ?? (await workIdByPaper(loaders, ref, written));
  return workId === null ? null : loaders.work.load(workId);
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

async function workIdByPaper(loaders: PaperLoaders, ref: PaperRef, written: string): Promise<bigint | null> {
  return ref.kind === "work_id" ? null : ((await findPaper(loaders, ref, written))?.workId ?? null);
}

/** An entry of a bibliography: a stored paper, or a cited work without a stored paper. */
type CitableRef =
  | { readonly kind: "paper"; readonly pithNumber: string }
  | { readonly kind: "work"; readonly workId: bigint };

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
  const paper = namesWork ? null : await loaders.paperByRef.load(ref);
  if (paper !== null) return { kind: "paper", pithNumber: paper.pithNumber };
  const work = await loaders.workByRef.load(ref);
  if (work === null) return null;
  if (work.paperId === null) return { kind: "work", workId: work.workId };
  const stored = namesWork ? await loaders.paper.load(work.paperId) : null;
  return stored === null ? null : { kind: "paper", pithNumber: stored.pithNumber };
}
