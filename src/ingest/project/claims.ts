import { isJsonObject, type JsonObject } from "../../protocol/index.ts";
import type { claims } from "../../store/tables/index.ts";
import { storable, textMember } from "./text.ts";

export type ClaimRow = typeof claims.$inferSelect;

/** The claims of a snapshot. Items that are no objects with a text say nothing, and are left to the log. */
export function projectClaims(paperId: bigint, snapshot: JsonObject): ClaimRow[] {
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
