import type {
  AcceptedEvent,
  CheckResult,
  JsonObject,
  PaperMerge,
  PithNumber,
  Proof,
} from "../../protocol/index.ts";
import type { IdentifierKind, StoredAlias, Target, Vote } from "../../row-rules/index.ts";

/** The stored data that a plan reads: the rows, and the lookups that request them. */

// ---- The log

/** The stored log of a paper, without the texts of its events. */
export type StoredPaper = {
  /** The stored events among those that documents contain, by event id in hex. */
  readonly events: ReadonlyMap<string, StoredEvent>;
  /** Aliases from documents, by `aliasKey`. */
  readonly aliases: ReadonlyMap<string, StoredAlias>;
  /** All stored aliases, including the derived ones. */
  readonly aliasesText: string;
  /** Hashes of the states that documents published, in hex. */
  readonly publishedStates: ReadonlySet<string>;
  /** Null for a paper of which nothing is stored. */
  readonly pithNumber: string | null;
  /** Hash of the merged state, in hex; null for a paper of which nothing is stored. */
  readonly stateSha256: string | null;
  /** Checksum of all its events and their proofs. */
  readonly logChecksum: string;
  readonly hasRecord: boolean;
};

export type StoredEvent = Pick<AcceptedEvent, "proof"> & {
  /** Canonical text of the signature object; null without one. */
  readonly signature: string | null;
  readonly fault: string | null;
};

/** By paper id; papers of which nothing is stored have no entry. */
export type StoredPapers = ReadonlyMap<bigint, StoredPaper>;

/** Identifies the stored log of a paper. */
export type LogKey = Pick<StoredPaper, "logChecksum"> & {
  readonly paperId: bigint;
  readonly pithNumber: PithNumber;
};

/** The rest of a paper's log, to be merged with what documents add. */
export type StoredLog = {
  /** The merge of its events. The caller may add to it. */
  readonly merge: PaperMerge;
  /** The record from a bundle. */
  readonly record: JsonObject | null;
  readonly publishedResults: readonly CheckResult[];
};

// ---- Papers and references

/** A paper's derived rows before the batch. */
export type PaperBefore = {
  readonly workId: bigint;
  /** `YYYY-MM-DDTHH:MM:SS.ffffffZ`, like all instants here. */
  readonly submittedAt: string;
  readonly proof: Proof;
  readonly snapshotEventId: string | null;
  readonly claimCount: number;
  readonly references: readonly StoredReference[];
};

/** The identifiers of a reference by kind. */
export type IdentifierIds = {
  readonly arxivId: bigint | null;
  readonly doiId: bigint | null;
  readonly workUuidId: bigint | null;
};

export type StoredReference = IdentifierIds & {
  readonly paperId: bigint;
  readonly ordinal: number;
  readonly citedWorkId: bigint;
  readonly isInternalAnchor: boolean;
};

export type TitledReference = StoredReference & {
  readonly title: string | null;
  readonly year: number | null;
  /** Proof of its paper. */
  readonly proof: Proof;
};

/** Some references of a paper, sorted by ordinal. */
export type CitingReferences = {
  readonly paperId: bigint;
  readonly workId: bigint;
  readonly submittedAt: string;
  readonly references: readonly TitledReference[];
};

// ---- Identifiers

/** Why an identifier resolves to another: the target, and the proof of the papers that name both. */
export type Evidence = Target & { readonly proof: Proof };

/** What an identifier resolves to, and what contradicts it. */
export type Decision = {
  /** Null if it resolves to itself. */
  readonly target: Evidence | null;
  /**
   * If the papers of the best proof disagree: their votes, the decisive one first. Null if they agree, which is nearly
   * always so.
   */
  readonly votes: { readonly proof: Proof; readonly list: readonly Vote[] } | null;
};

/** An identifier as named by a reference, normalized. */
export type NamedIdentifier = { readonly id: bigint; readonly kind: IdentifierKind; readonly value: string };

/** A row of `work_identifiers`. */
export type Identifier = NamedIdentifier & Decision & { readonly workId: bigint };

export type VoteCount = Vote & { readonly identifierId: bigint; readonly proof: Proof };

// ---- Works and edges

/** A row of `works`. */
export type StoredWork = {
  key: string;
  paperId: bigint | null;
  title: string | null;
  year: number | null;
  /** The year in the reference that gave the title. */
  statedYear: number | null;
  /** The reference that gave the title. */
  titledBy: TitleSource | null;
  citedByCount: number;
  citingPaperCount: number;
  referenceCount: number;
  anchoredWorkCount: number;
};

/** The reference that gave a title, and the proof of its paper. */
export type TitleSource = { readonly proof: Proof; readonly paperId: bigint; readonly ordinal: number };

export type Title = TitleSource & { readonly title: string; readonly year: number | null };

/** The fields of a paper that decide which paper represents a work. */
export type WorkPaper = {
  readonly paperId: bigint;
  readonly pithNumber: string;
  readonly sourceVersion: number | null;
  readonly proof: Proof;
  readonly submittedAt: string;
  readonly title: string | null;
};

/** As PostgreSQL returns it, unparsed: most edges are only looked up. */
export type StoredEdge = readonly [citingWorkId: string, citedWorkId: string, isInternalAnchor: boolean];

// ---- Lookups

/**
 * The lookups that a plan may yield, and the types of their rows. All rows describe the tables before the batch.
 * Papers in `except` are excluded: the plan knows their new rows itself.
 */
export type Lookups = {
  /** The complete logs of papers that have stored data; one entry per paper. */
  logs(papers: readonly LogKey[]): ReadonlyMap<bigint, StoredLog>;
  /** The last position of the log, and the time of the next events: `now`, or later if a clock was set back. */
  endOfLog(now: string): { readonly position: number; readonly receivedAt: string };
  /** Those of the fingerprints whose signers have a row. */
  signers(fingerprints: readonly string[]): ReadonlySet<string>;
  /** The rows of papers, with all their references; no entry for papers without a row. */
  papers(paperIds: readonly bigint[]): ReadonlyMap<bigint, PaperBefore>;
  paperKeys(paperIds: readonly bigint[]): readonly (readonly [paperId: bigint, key: string])[];
  /** All papers of the works. */
  papersOfWorks(
    workIds: readonly bigint[],
    except: readonly bigint[],
  ): readonly (readonly [workId: bigint, paper: WorkPaper])[];
  /** Rows of `work_identifiers` by their ids. */
  identifiers(ids: readonly bigint[]): ReadonlyMap<bigint, Identifier>;
  /** Rows of `work_identifiers` that resolve to one of these. */
  dependents(targetIds: readonly bigint[]): ReadonlyMap<bigint, Identifier>;
  /** Those of the DOIs and work ids that a reference names. */
  named(identifiers: readonly Identifier[], except: readonly bigint[]): ReadonlySet<bigint>;
  /** What references say about DOIs and work ids, grouped by identifier and proof of the paper. */
  votes(ids: readonly bigint[], except: readonly bigint[]): readonly VoteCount[];
  /** The works, with their papers, that references cite by one of these DOIs or work ids and without an arXiv id. */
  citedThrough(
    identifierIds: readonly bigint[],
    except: readonly bigint[],
  ): readonly (readonly [paperId: bigint, citedWorkId: bigint])[];
  /** The references of papers to some of these works; only papers that have any. */
  referencesTo(paperIds: readonly bigint[], workIds: readonly bigint[]): readonly CitingReferences[];
  /** The edges from some works to others by papers that are not in `except`. */
  citations(
    citingWorkIds: readonly bigint[],
    citedWorkIds: readonly bigint[],
    except: readonly bigint[],
  ): readonly StoredEdge[];
  works(ids: readonly bigint[]): ReadonlyMap<bigint, StoredWork>;
  /** The best title that references give each of these works, without those resolved through `identifiers`. */
  titles(
    workIds: readonly bigint[],
    except: readonly bigint[],
    identifiers: readonly bigint[],
  ): ReadonlyMap<bigint, Title>;
};
