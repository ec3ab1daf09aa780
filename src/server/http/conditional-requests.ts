import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";

/* Conditional requests (RFC 9110, 13). Entity tags are written as in headers, with their quotes. */

/** The tag of answers with equal bytes. */
export function strongTag(opaque: string): string {
  return `"${opaque}"`;
}

/** The tag of answers with equal content, perhaps in other bytes. */
export function weakTag(opaque: string): string {
  return `W/"${opaque}"`;
}

const entityTags = /^\s*(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*(?:,|$)/;

/**
 * Whether an If-None-Match contains the tag, by the weak comparison that RFC 9110 (13.1.2) requires: `*`, or a list of
 * strong or weak tags. A malformed list matches nothing from the error on.
 */
export function matchesIfNoneMatch(tag: string, ifNoneMatch: string | undefined): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === "*") return true;
  const opaque = tag.replace(/^W\//, "").slice(1, -1);
  let rest = ifNoneMatch;
  while (rest !== "") {
    const found = entityTags.exec(rest);
    if (found === null) return false;
    if (found[1] === opaque) return true;
    rest = rest.slice(found[0].length);
  }
  return false;
}

/**
 * Whether an If-Match accepts the tag, by the strong comparison that RFC 9110 (13.1.1) requires: `*`, or a list with an
 * equal strong tag.
 */
export function matchesIfMatch(tag: string, ifMatch: string): boolean {
  return ifMatch.trim() === "*" || ifMatch.split(",").some((candidate) => candidate.trim() === tag);
}

/** Answers 304 if the request's If-None-Match contains the tag; else returns false, with nothing sent. */
export function sendUnmodified(
  request: IncomingMessage,
  response: ServerResponse,
  tag: string,
  headers: OutgoingHttpHeaders,
): boolean {
  if (!matchesIfNoneMatch(tag, request.headers["if-none-match"])) return false;
  request.resume();
  response.writeHead(304, { ...headers, etag: tag });
  response.end();
  return true;
}
