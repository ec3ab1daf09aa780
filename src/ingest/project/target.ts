import {
  type CheckResult,
  isJsonObject,
  type JsonObject,
  type PithNumber,
  parseWorkName,
  type StateSummary,
  suffixOf,
} from "../../protocol/index.ts";
import { paperIdOf } from "../../row-rules/index.ts";
import type { claims } from "../../store/index.ts";
import { type PaperRow, projectPaper } from "./paper.ts";
import { type ProjectedReference, projectReferences } from "./references.ts";
import { storable, textMember } from "./text.ts";

/** The derived rows that a paper should have; `row` is null if it should have none. */
export type PaperTarget = {
  readonly paperId: bigint;
  readonly row: PaperRow | null;
  /** Key of the paper's work. */
  readonly workKey: string;
  /** Its lookup keys. */
  readonly keys: ReadonlySet<string>;
  readonly claims: readonly ClaimRow[];
  readonly references: readonly ProjectedReference[];
};

export type ClaimRow = typeof claims.$inferSelect;

/** A merged state, with the data of the log besides its events. */
type PaperState = {
  readonly pithNumber: PithNumber;
  readonly state: StateSummary;
  readonly bundleRecord: JsonObject | null;
  readonly publishedResults: ReadonlySet<CheckResult>;
};

/** PROTOCOL section 7: from a paper's state to its rows. Pure. */
export function projectTarget({
  pithNumber,
  state,
  bundleRecord,
  publishedResults,
}: PaperState): PaperTarget {
  const paperId = paperIdOf(pithNumber);
  const current = state.snapshot;
  const value = current?.event.payload["graph_snapshot"];
  const snapshot =
    current === null || !isJsonObject(value)
      ? null
      : { eventId: current.event.id, standing: current.standing, value };
  const claims = snapshot === null ? [] : projectClaims(paperId, snapshot.value);
  const references = snapshot === null ? [] : projectReferences(paperId, pithNumber, snapshot.value);
  const projected = projectPaper({
    pithNumber,
    state,
    snapshot,
    bundleRecord,
    publishedStateHash: worst(publishedResults),
    claimCount: claims.length,
    references,
  });
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
function projectClaims(paperId: bigint, snapshot: JsonObject): ClaimRow[] {
  const part = snapshot["claims"];
  const items = isJsonObject(part) && Array.isArray(part["items"]) ? part["items"] : [];
  return items.flatMap((item, ordinal) => {
    if (!isJsonObject(item) || typeof item["text"] !== "string") return [];
    return {
      paperId,
      ordinal,
      claimId: textMember(item, "claim_id") ?? "",
      kind: textMember(item, "kind") ?? "",
      text: storable(item["text"]),
      status: textMember(item, "status") ?? "",
      attestation: textMember(item, "attestation") ?? "",
      source: textMember(item, "source"),
    };
  });
}
