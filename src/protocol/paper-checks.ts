import { canonicalTextSha256 } from "./identifiers.ts";
import { isJsonObject, type JsonObject } from "./json.ts";
import type { StateSummary } from "./merged-state.ts";
import type { CheckResult } from "./verify-document.ts";

/** The results of a paper's checks. NOT_CHECKABLE differs from FAILED: nothing was shown to be wrong. */
export type PaperChecks = {
  readonly recordHash: CheckResult;
  readonly receipt: CheckResult;
  readonly titleBinding: CheckResult;
  readonly claimsHash: CheckResult;
  readonly referencesHash: CheckResult;
};

/**
 * Checks the displayed data. A valid event has passed the checks of PROTOCOL 5.8, so the current record and snapshot
 * have passed theirs; without a valid event, an invalid one shows whether a check failed.
 */
export function checkPaper(
  state: StateSummary,
  snapshot: JsonObject | null,
  metadata: JsonObject,
): PaperChecks {
  const record = state.recordCreated?.event.payload;
  return {
    // Without a record event the record is from a bundle, whose hash was compared with the Pith number.
    recordHash:
      record !== undefined || !state.hasInvalid("record_created", "RECORD_HASH_MISMATCH")
        ? "PASSED"
        : "FAILED",
    receipt:
      record === undefined
        ? state.hasInvalid("record_created", "RECEIPT_INVALID")
          ? "FAILED"
          : "NOT_CHECKABLE"
        : (record["receipt"] ?? null) === null
          ? "NOT_CHECKABLE"
          : "PASSED",
    titleBinding: checkTitle(snapshot, metadata),
    claimsHash: snapshot === null ? failedSnapshot(state) : "PASSED",
    referencesHash: snapshot === null ? failedSnapshot(state) : checkReferences(snapshot),
  };
}

function failedSnapshot(state: StateSummary): CheckResult {
  return state.hasInvalid("graph_snapshot", "SNAPSHOT_HASH_MISMATCH") ? "FAILED" : "NOT_CHECKABLE";
}

/** Binds the displayed title to the signed record. PROTOCOL section 2. */
function checkTitle(snapshot: JsonObject | null, metadata: JsonObject): CheckResult {
  const paper = snapshot?.["paper"];
  const title = isJsonObject(paper) ? paper["title"] : undefined;
  const digest = metadata["title_canon_sha256"];
  if (typeof title !== "string" || typeof digest !== "string") return "NOT_CHECKABLE";
  return canonicalTextSha256(title) === digest ? "PASSED" : "FAILED";
}

/** The hash covers the complete list, of which the snapshot may contain a part. */
function checkReferences(snapshot: JsonObject): CheckResult {
  const part = snapshot["references"];
  if (!isJsonObject(part) || !Array.isArray(part["sample"])) return "NOT_CHECKABLE";
  return part["count"] === part["sample"].length ? "PASSED" : "NOT_CHECKABLE";
}
