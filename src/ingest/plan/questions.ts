import type { AcceptedEvent, CheckResult, JsonObject, Proof } from "../../protocol/index.ts";
import type { IdentifierKind, PaperLog } from "../../store/index.ts";
import type { StoredAlias, Target, Voice } from "../../store/text-columns.ts";

/*
 * What is stored, as far as a plan looks at it: the rows, and the questions by which it asks for them.
 */

// ---- The log

/** What the log holds of a paper, but for the texts of its events. */
export type StoredPaper = {
  /** By event id in hex. */
  readonly events: ReadonlyMap<string, StoredEvent>;
  /** Those that documents brought, by `aliasKey`. */
  readonly aliases: ReadonlyMap<string, StoredAlias>;
  /** All aliases as they are stored, the derived ones included. */
  readonly aliasesText: string;
  /** Hashes in hex of the states that documents published. */
  readonly publishedStates: ReadonlySet<string>;
  /** How many of the events are invalid. */
  readonly invalidCount: number;
  /** Null for a paper of which nothing is stored. */
  readonly pithNumber: string | null;
  /** Of the merged state, in hex; null for a paper of which nothing is stored. */
  readonly stateSha256: string | null;
  readonly hasRecord: boolean;
};

export type StoredEvent = Pick<AcceptedEvent, "proof"> & {
  /** Canonical text of the signature object; null without one. */
  readonly signature: string | null;
  readonly fault: string | null;
  /** standing, status, reason and ordinal as one text: tells whether the merge made something else of it. */
  readonly derived: string;
};

/** By paper id; papers of which nothing is stored have no entry. */
export type StoredPapers = ReadonlyMap<bigint, StoredPaper>;

/** The complete log of a paper, to be merged with what documents add. */
export type StoredLog = {
  readonly log: PaperLog;
  /** That of a bundle. */
  readonly record: JsonObject | null;
  readonly publishedResults: readonly CheckResult[];
};

// ---- Papers and references

/** A paper's derived rows before the batch. */
export type PaperBefore = {
  readonly workId: bigint;
  /** `YYYY-MM-DDTHH:MM:SS.ffffffZ`, as all instants here. */
  readonly submittedAt: string;
  readonly proof: Proof;
  readonly snapshotEventId: string | null;
  readonly claimCount: number;
  readonly references: readonly StoredReference[];
};

/** The identifiers of a reference by their kinds. */
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
  readonly standing: Proof;
};

// ---- Identifiers

/** What decided that an identifier stands for another. */
export type Evidence = Target & { readonly standing: Proof };

/** What an identifier stands for, and who says otherwise. */
export type Decision = {
  /** Null where it stands for itself. */
  readonly target: Evidence | null;
  /**
   * Where the papers of the best proof do not all say the same: what they say, the voice that decides first. Null where
   * they agree, which is nearly always.
   */
  readonly voices: { readonly standing: Proof; readonly list: readonly Voice[] } | null;
};

/** An identifier as a reference names it, in its one spelling. */
export type NamedIdentifier = { readonly id: bigint; readonly kind: IdentifierKind; readonly value: string };

/** A row of `work_identifiers`. */
export type Identifier = NamedIdentifier & Decision & { readonly workId: bigint };

export type VoiceCount = Voice & { readonly identifierId: bigint; readonly standing: Proof };

// ---- Works and edges

/** A row of `works`. */
export type Work = {
  key: string;
  paperId: bigint | null;
  title: string | null;
  year: number | null;
  /** The year that the reference which gave the title states. */
  statedYear: number | null;
  /** Which reference gave the title. */
  titledBy: TitleSource | null;
  citedByCount: number;
  citingPaperCount: number;
  referenceCount: number;
  anchoredWorkCount: number;
};

/** Which reference gave a title, and the proof of the paper that has it. */
export type TitleSource = { readonly standing: Proof; readonly paperId: bigint; readonly ordinal: number };

export type Title = TitleSource & { readonly title: string; readonly year: number | null };

/** A paper, as far as it decides which paper stands for a work. */
export type WorkPaper = {
  readonly paperId: bigint;
  readonly pithNumber: string;
  readonly sourceVersion: number | null;
  readonly proof: Proof;
  readonly submittedAt: string;
  readonly title: string | null;
};

/** As PostgreSQL gives it: most edges are only looked up. */
export type StoredEdge = readonly [citingWorkId: string, citedWorkId: string, isInternalAnchor: boolean];

// ---- Questions

/**
 * What a plan may ask, and the form of the answers. All answers describe the tables before the batch: none depends on
 * what the plan changes. Papers in `except` are left out: the plan knows their new rows itself.
 */
export type Questions = {
  /** The complete logs of papers; no entry for papers without one. */
  logs(paperIds: readonly bigint[]): ReadonlyMap<bigint, StoredLog>;
  /** The last position of the log, and the instant of the events that come next: `now`, or later where a clock was set back. */
  endOfLog(now: string): { readonly position: number; readonly receivedAt: string };
  /** Of these fingerprints those of signers that have a row. */
  signers(fingerprints: readonly string[]): ReadonlySet<string>;
  /** The papers' rows with all their references; no entry for those without a row. */
  papers(paperIds: readonly bigint[]): ReadonlyMap<bigint, PaperBefore>;
  paperKeys(paperIds: readonly bigint[]): readonly (readonly [paperId: bigint, key: string])[];
  /** All papers of works. */
  papersOfWorks(
    workIds: readonly bigint[],
    except: readonly bigint[],
  ): readonly (readonly [workId: bigint, paper: WorkPaper])[];
  /** All papers of the works of these papers, these papers included. */
  siblings(
    paperIds: readonly bigint[],
    except: readonly bigint[],
  ): readonly (readonly [workId: bigint, paper: WorkPaper])[];
  /** Rows of `work_identifiers` by their ids. */
  identifiers(ids: readonly bigint[]): ReadonlyMap<bigint, Identifier>;
  /** Rows of `work_identifiers` that stand for one of these. */
  dependents(targetIds: readonly bigint[]): ReadonlyMap<bigint, Identifier>;
  /** Which of these DOIs and work ids a reference names. */
  named(identifiers: readonly Identifier[], except: readonly bigint[]): ReadonlySet<bigint>;
  /** What the references say of DOIs and work ids, by identifier and proof of the paper. */
  voices(ids: readonly bigint[], except: readonly bigint[]): readonly VoiceCount[];
  /** The works that references lead to by one of these DOIs or work ids, without an arXiv id, with their papers. */
  citedThrough(
    identifierIds: readonly bigint[],
    except: readonly bigint[],
  ): readonly (readonly [paperId: bigint, citedWorkId: bigint])[];
  /** The references of papers in the order of their ordinals; an entry for each paper. */
  references(paperIds: readonly bigint[]): ReadonlyMap<bigint, readonly StoredReference[]>;
  /** The same, of those that cite one of these works, with their titles. */
  referencesTo(
    paperIds: readonly bigint[],
    workIds: readonly bigint[],
  ): ReadonlyMap<bigint, readonly TitledReference[]>;
  /** Rows of `citations` by who cites, or of those the ones that cite one of certain works. */
  citations(citingWorkIds: readonly bigint[], citedWorkIds?: readonly bigint[]): readonly StoredEdge[];
  works(ids: readonly bigint[]): ReadonlyMap<bigint, Work>;
  /** The best title that a reference gives each of these works, but for references that one of `identifiers` decides for. */
  titles(
    workIds: readonly bigint[],
    except: readonly bigint[],
    identifiers: readonly bigint[],
  ): ReadonlyMap<bigint, Title>;
};
