import { type CanonicalTexts, canonicalJson } from "./canonical-json.ts";
import { cryptography } from "./cryptography.ts";
import type { FaultReason } from "./error-codes.ts";
import { isSha256 } from "./identifiers.ts";
import { isJsonInteger, isJsonObject, type JsonObject, type JsonValue } from "./json.ts";

/** The lists of a snapshot that have a hash of their own, if present. */
export function snapshotLists(payload: JsonObject): JsonValue[][] {
  const snapshot = payload["graph_snapshot"];
  if (!isJsonObject(snapshot)) return [];
  const { claims, references } = snapshot;
  const lists = [
    isJsonObject(claims) ? claims["items"] : null,
    isJsonObject(references) ? references["sample"] : null,
  ];
  return lists.filter((list) => Array.isArray(list));
}

/** `sha({"payload": items})` of PROTOCOL section 2, given the canonical text of the items. */
function partSha256(itemsText: string): string {
  return cryptography.sha256Text(`{"payload":${itemsText}}`);
}

/** The hash of an empty part. */
const emptyPartSha256 = partSha256("[]");

/** Rule 8 for `graph_snapshot`; `texts` contains the texts of its lists if they were written already. */
export function checkSnapshot(
  target: string,
  payload: JsonObject,
  texts: CanonicalTexts,
): FaultReason | null {
  const snapshot = payload["graph_snapshot"];
  if (target !== "graph" || !isJsonObject(snapshot)) return "MALFORMED_PAYLOAD";
  const { paper, claims, references, author_claims: authorClaims, formal_canon: formalCanon } = snapshot;
  if (!isJsonObject(paper) || !isJsonObject(claims) || !isJsonObject(references)) return "MALFORMED_PAYLOAD";
  for (const part of [authorClaims, formalCanon]) {
    if (part !== undefined && !isJsonObject(part)) return "MALFORMED_PAYLOAD";
  }
  const { items } = claims;
  const { sample } = references;
  if (!Array.isArray(items) || !Array.isArray(sample)) return "MALFORMED_PAYLOAD";

  const fits =
    listFits(claims, items, "whole", texts) &&
    listFits(references, sample, "sample", texts) &&
    emptyFits(authorClaims, "count") &&
    emptyFits(formalCanon, "evidence_count");
  return fits ? null : "SNAPSHOT_HASH_MISMATCH";
}

function hasForm(part: JsonObject, count: string): boolean {
  const number = part[count];
  return isJsonInteger(number) && number >= 0 && isSha256(part["snapshot_sha256"]);
}

/** Claims are listed completely. References may be listed in part; their hash can then not be checked. */
function listFits(
  part: JsonObject,
  list: JsonValue[],
  listed: "whole" | "sample",
  texts: CanonicalTexts,
): boolean {
  if (!hasForm(part, "count")) return false;
  const count = part["count"] as number | bigint;
  if (list.length > count) return false;
  if (list.length < count) return listed === "sample";
  const text = texts.get(list) || canonicalJson(list);
  return part["snapshot_sha256"] === partSha256(text);
}

/** A part with only count and hash can be checked if its count is zero. */
function emptyFits(part: JsonValue | undefined, count: string): boolean {
  if (!isJsonObject(part)) return true;
  if (!hasForm(part, count)) return false;
  return part[count] !== 0 || part["snapshot_sha256"] === emptyPartSha256;
}
