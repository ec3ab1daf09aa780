import {
  type CheckResult,
  currentSnapshot,
  isJsonObject,
  type JsonObject,
  type MergedState,
  type PithNumber,
  readWorkName,
  suffixOf,
} from "../../protocol/index.ts";
import { paperIdOf } from "../../store/ids.ts";
import type { PaperTarget } from "../write/paper-change.ts";
import { projectClaims } from "./claims.ts";
import { projectPaper } from "./paper.ts";
import { projectReferences } from "./references.ts";

/** A merged state with what the log holds beside its events. */
export type PaperState = {
  readonly pithNumber: PithNumber;
  readonly state: MergedState;
  readonly bundleRecord: JsonObject | null;
  readonly publishedResults: ReadonlySet<CheckResult>;
};

/** PROTOCOL section 7: from a paper's state to the rows that show it. Pure. */
export function projectTarget({
  pithNumber,
  state,
  bundleRecord,
  publishedResults,
}: PaperState): PaperTarget {
  const paperId = paperIdOf(pithNumber);
  const current = currentSnapshot(state);
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

/** What finds a paper: aliases that follow from its record, and somebody's word as well. */
function keysOf(pithNumber: PithNumber, state: MergedState, bundleRecord: JsonObject | null): Set<string> {
  const keys = new Set([`pith:${suffixOf(pithNumber).slice(0, 8)}`]);
  const add = (text: string) => {
    const name = readWorkName(text);
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
