import { createHash, timingSafeEqual } from "node:crypto";
import type { BearerToken } from "../../config/index.ts";

/** A submitter: a configured token. */
export type Submitter = {
  readonly name: string;
  /** The first 16 hex digits of the token's SHA-256. */
  readonly fingerprint: string;
};

/** In characters. Longer tokens are ignored: `pith-graph token` makes 43 characters. */
const maxTokenLength = 1_000;

/**
 * The configured token that an Authorization header carries; null if it carries none. All hashes have equal length and
 * are compared in constant time: the duration reveals nothing about the tokens.
 */
export function findSubmitter(
  tokens: readonly BearerToken[],
  authorization: string | null | undefined,
): Submitter | null {
  const token = /^bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
  if (token === undefined || token.length > maxTokenLength) return null;
  const sha256 = createHash("sha256").update(token).digest();
  let found: BearerToken | null = null;
  for (const candidate of tokens) if (timingSafeEqual(candidate.sha256, sha256)) found = candidate;
  return found === null ? null : { name: found.name, fingerprint: sha256.toString("hex").slice(0, 16) };
}

/** The header of a response with status 401. */
export const bearerChallenge = { "www-authenticate": 'Bearer realm="pith-graph"' } as const;

/** The reason why there is no submitter, for the client. */
export function explainRefusal(
  tokens: readonly BearerToken[],
  authorization: string | null | undefined,
): string {
  if (tokens.length === 0) {
    return "Submissions are disabled: PITH_GRAPH_TOKENS is not set. The operator can create a token with `pith-graph token`.";
  }
  return authorization
    ? "This token is not allowed to submit."
    : "Submissions need a token: Authorization: Bearer <token>.";
}
