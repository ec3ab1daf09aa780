import {
  arxivIdentity,
  type CheckResult,
  canonicalJson,
  checkPaper,
  isAtLeast,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type PithNumber,
  type Proof,
  parseAnyInstant,
  parseInstant,
  parseWorkName,
  type StateSummary,
  sha256OfValue,
  suffixOf,
} from "../protocol/index.ts";
import { paperIdOf, workIdOf } from "../row-rules/index.ts";
import type { claims, papers } from "../store/index.ts";
import { parseAuthors, parseName } from "../text/index.ts";
import { type ProjectedReference, projectReferences } from "./project-references.ts";
import { count, indexable, shownMember, storableText, textMember, textsMember } from "./row-text.ts";

/** The derived rows that a paper should have; `row` is null if it should have none. */
export type PaperTarget = {
  readonly paperId: bigint;
  readonly row: ProjectedPaper | null;
  /** Key of the paper's work. */
  readonly workKey: string;
  /** Its lookup keys. */
  readonly keys: ReadonlySet<string>;
  readonly claims: readonly ProjectedClaim[];
  readonly references: readonly ProjectedReference[];
};

export type ProjectedClaim = typeof claims.$inferSelect;

/** A merged state, with the data of the log besides its events. */
type PaperState = {
  readonly pithNumber: PithNumber;
  readonly state: StateSummary;
  /** The canonical record of a bundle; the record event's own takes precedence. */
  readonly bundleRecord: JsonObject | null;
  readonly publishedResults: ReadonlySet<CheckResult>;
};

/** PROTOCOL section 7: from a paper's state to its rows. Pure. */
export function projectTarget(paper: PaperState): PaperTarget {
  const { pithNumber, state, bundleRecord } = paper;
  const paperId = paperIdOf(pithNumber);
  const value = state.snapshot?.event.payload["graph_snapshot"];
  const snapshot = isJsonObject(value) ? value : null;
  const claims = snapshot === null ? [] : projectClaims(paperId, snapshot);
  const references = snapshot === null ? [] : projectReferences(paperId, pithNumber, snapshot);
  const projected = projectPaper(paper, snapshot, claims.length, references);
  return {
    paperId,
    row: projected?.row ?? null,
    workKey: projected?.workKey ?? "",
    keys: keysOf(pithNumber, state, bundleRecord),
    claims,
    references,
  };
}

function worst(results: ReadonlySet<CheckResult>): CheckResult {
  if (results.has("FAILED")) return "FAILED";
  return results.has("PASSED") && !results.has("NOT_CHECKABLE") ? "PASSED" : "NOT_CHECKABLE";
}

/** The lookup keys of a paper: aliases that follow from its record, and those that are only asserted. */
function keysOf(pithNumber: PithNumber, state: StateSummary, bundleRecord: JsonObject | null): Set<string> {
  const keys = new Set([`pith:${suffixOf(pithNumber).slice(0, 8)}`]);
  const add = (text: string) => {
    const name = parseWorkName(text);
    if (name !== null) keys.add(name.kind === "arxiv" ? `arxiv:${name.id}` : `doi:${name.doi}`);
  };
  const source = (state.canonicalRecord ?? bundleRecord)?.["source"];
  if (isJsonObject(source) && source["kind"] === "arxiv" && typeof source["id"] === "string")
    add(source["id"]);
  for (const { kind, value } of state.aliases) {
    if (kind === "arxiv" || kind === "arxiv_version" || kind === "doi") add(value);
  }
  return keys;
}

/** The claims of a snapshot. Skips items that are not objects with a text; the log keeps them. */
function projectClaims(paperId: bigint, snapshot: JsonObject): ProjectedClaim[] {
  const part = snapshot["claims"];
  const items = isJsonObject(part) && Array.isArray(part["items"]) ? part["items"] : [];
  return items.flatMap((item, ordinal) => {
    if (!isJsonObject(item) || typeof item["text"] !== "string") return [];
    return {
      paperId,
      ordinal,
      claimId: textMember(item, "claim_id") ?? "",
      kind: textMember(item, "kind") ?? "",
      text: storableText(item["text"]),
      status: textMember(item, "status") ?? "",
      attestation: textMember(item, "attestation") ?? "",
      source: textMember(item, "source"),
    };
  });
}

export type ProjectedPaper = typeof papers.$inferSelect;

/** The row of a paper; null if its record is unknown or none of its events is stored. `snapshot`: the current one. */
function projectPaper(
  { pithNumber, state, bundleRecord, publishedResults }: PaperState,
  snapshot: JsonObject | null,
  claimCount: number,
  references: readonly ProjectedReference[],
): { row: ProjectedPaper; workKey: string } | null {
  const record = state.canonicalRecord ?? bundleRecord;
  if (record === null || state.eventCount === 0) return null;

  const recordStanding = state.recordCreated?.standing ?? "hash";
  const snapshotEvent = snapshot === null ? null : state.snapshot;
  const metadata = objectMember(record, "metadata");
  const source = objectMember(record, "source");
  const paper = objectMember(snapshot ?? {}, "paper");
  const referencesPart = objectMember(snapshot ?? {}, "references");
  const verdict = snapshot?.["verdict"];
  const workKey = workKeyOf(pithNumber, source, recordStanding);
  const primaryCategory = textMember(metadata, "primary_cat") ?? textMember(paper, "primary_cat");

  const row: ProjectedPaper = {
    paperId: paperIdOf(pithNumber),
    pithNumber,
    canonicalSha256: sha256OfValue(record),
    workId: workIdOf(workKey),
    sourceKind: textMember(source, "kind") ?? "",
    sourceId: textMember(source, "id") ?? "",
    sourceVersion: count(source["version"]),
    submittedAt: submissionTime(metadata, pithNumber),
    license: textMember(metadata, "license") ?? textMember(paper, "license"),
    primaryCategory: primaryCategory === null ? null : indexable(primaryCategory),
    crossCategories: textsMember(metadata, "cross_cats_sorted").map(indexable),
    title: shownMember(paper, "title"),
    authors: authorsOf(paper),
    abstractExcerpt: shownMember(paper, "abstract_excerpt"),
    headline: shownMember(paper, "headline"),
    verdict: isJsonObject(verdict) ? canonicalJson(verdict) : null,
    recordEventId: state.recordCreated?.event.id.slice(7) ?? null,
    snapshotEventId: snapshotEvent?.event.id.slice(7) ?? null,
    recordStanding,
    proof: snapshotEvent?.standing ?? recordStanding,
    claimCount,
    referencesAsserted: count(referencesPart["count"]),
    resolvedWorksAsserted: count(referencesPart["resolved_work"]),
    internalAnchorsAsserted: count(referencesPart["internal_anchors"]),
    referencesKnown: references.length,
    internalAnchorsKnown: references.filter((reference) => reference.isInternalAnchor).length,
    stateSha256: state.sha256,
    eventCount: state.eventCount,
    validEventCount: state.validCount,
    equivocationCount: state.equivocationCount,
    ...checkPaper(state, snapshot, metadata),
    publishedStateHash: worst(publishedResults),
  };
  return { row, workKey };
}

function objectMember(object: JsonObject, member: string): JsonObject {
  const value = object[member];
  return isJsonObject(value) ? value : {};
}

/**
 * The work of a paper: that of its arXiv id if the record's proof is at least `receipt`. An unproved record joins no
 * work (PROTOCOL section 7), so the paper is a work of its own.
 */
function workKeyOf(pithNumber: PithNumber, source: JsonObject, recordStanding: Proof): string {
  const { kind, id } = source;
  if (kind === "arxiv" && typeof id === "string" && isAtLeast(recordStanding, "receipt")) {
    const identity = arxivIdentity(id);
    if (identity !== null) return `arxiv:${identity}`;
  }
  return `pith:${pithNumber}`;
}

/** The record's own submission time; if it has no valid one, the beginning of the number's year. */
function submissionTime(metadata: JsonObject, pithNumber: PithNumber): string {
  const text = metadata["submitted_at"];
  const instant = parseInstant(text);
  if (instant !== null) return `${instant}Z`;
  const year = pithNumber.slice(5, 9);
  return looseTime(text) ?? `${year === "0000" ? "0001" : year}-01-01T00:00:00.000000Z`;
}

/** A time in common notations, or a month alone; null for anything else. All mirrors must parse it identically. */
function looseTime(value: JsonValue | undefined): string | null {
  if (typeof value !== "string") return null;
  const instant = parseAnyInstant(/^\d{4}-\d\d$/.test(value) ? `${value}-01` : value);
  return instant === null ? null : `${instant}Z`;
}

/** The names in `authors_text`, or those listed individually, in their order and as written. */
function authorsOf(paper: JsonObject): string[] {
  const list = paper["authors_text"];
  if (typeof list === "string") return authorsInText(list);
  return textsMember(paper, "authors").flatMap((name) => parseName(name)?.text ?? []);
}

/** `A. Author, B. C. Author and D. Author`, which has only one reading: parsed in a tenth of the time. */
const plainList = /^(?:[A-Z]\. )+[A-Z][a-z]+(?:(?:, | and |, and )(?:[A-Z]\. )+[A-Z][a-z]+)*$/;

/** The names in a list of authors. */
export function authorsInText(list: string): string[] {
  if (plainList.test(list)) return list.split(/,? and |, /);
  return parseAuthors(storableText(list)).map(({ text }) => text);
}
