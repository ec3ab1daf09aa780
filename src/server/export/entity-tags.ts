import { softwareVersion } from "../../version.ts";

/**
 * The strong entity tag of an export: the set that it is of, and who writes it, as the bytes follow from both. Of one
 * address; other addresses have other bytes under the same tag.
 */
export function exportTag(setVersion: string): string {
  return `"${setVersion}-${softwareVersion}"`;
}

/**
 * Whether an If-Match lets the request through, by the strong comparison that RFC 9110 (13.1.1) asks for: `*`, or a
 * list of tags of which one is equal and none of the weak ones.
 */
export function isMatched(tag: string, ifMatch: string): boolean {
  return ifMatch.trim() === "*" || ifMatch.split(",").some((candidate) => candidate.trim() === tag);
}
