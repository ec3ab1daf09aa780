import { createHash } from "node:crypto";
import type { JsonType } from "./accepted-type.ts";

/** The entity tag of all answers of one type at a version of the data: each address has its own. */
export function entityTag(version: string, type: JsonType): string {
  return `W/"${createHash("sha256").update(`${type} ${version}`).digest("base64url").slice(0, 22)}"`;
}

/** Anybody may keep it, and asks each time whether it is still right. */
export function cachingHeaders(tag: string): Record<string, string> {
  return { etag: tag, "cache-control": "public, no-cache" };
}
