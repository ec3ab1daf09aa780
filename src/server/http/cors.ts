import type { IncomingMessage } from "node:http";

/** Which pages of other origins may read answers. */
export type CorsSettings = {
  /** Origins as browsers write them (`https://example.org`), or all. */
  readonly origins: readonly string[] | "*";
  /** Whether browsers may send cookies and the like along; only with origins that are named. */
  readonly credentials: boolean;
};

/** Everybody may read what is public, without credentials. */
export const openCors: CorsSettings = { origins: "*", credentials: false };

/** The headers of an answer to a request of any page; none where the request comes from no page. */
export function corsHeaders(cors: CorsSettings, { headers }: IncomingMessage): Record<string, string> {
  const { origin } = headers;
  if (cors.origins === "*") return origin === undefined ? {} : { "access-control-allow-origin": "*" };
  // The answer differs from one origin to another: a cache between must not mix them.
  if (origin === undefined || !cors.origins.includes(origin)) return { vary: "Origin" };
  return {
    "access-control-allow-origin": origin,
    vary: "Origin",
    ...(cors.credentials ? { "access-control-allow-credentials": "true" } : {}),
  };
}

/** The headers of an answer to a browser's preflight request (OPTIONS). */
export function preflightHeaders(cors: CorsSettings, request: IncomingMessage): Record<string, string> {
  const headers = corsHeaders(cors, request);
  if (headers["access-control-allow-origin"] === undefined) return headers;
  const requested = request.headers["access-control-request-headers"];
  return {
    ...headers,
    "access-control-allow-methods": "GET, POST",
    ...(requested === undefined ? {} : { "access-control-allow-headers": requested }),
    "access-control-max-age": "86400",
    vary: "Origin, Access-Control-Request-Headers",
  };
}

/** With any of these headers a browser sends a preflight request before it lets a page send the request. */
const preflightedHeaders = ["x-graphql-yoga-csrf", "apollo-require-preflight", "x-requested-with"];

/** What a page may send to any origin without a preflight request, by the Fetch standard. */
const simpleTypes = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];

export type Refusal = { readonly status: number; readonly message: string };

/**
 * Why a request is refused that a page of another origin may have made in its reader's name (CSRF); null where none may
 * have. Only requests that browsers send without a preflight are concerned.
 */
export function crossSiteRefusal({ method, headers }: IncomingMessage): Refusal | null {
  if (preflightedHeaders.some((name) => (headers[name] ?? "") !== "")) return null;
  if (method === "POST") {
    const [type = ""] = (headers["content-type"] ?? "").toLowerCase().split(";", 1);
    if (type.trim() !== "" && !simpleTypes.includes(type.trim())) return null;
    return {
      status: 415,
      message:
        "Send `content-type: application/json`. Browsers send other types across sites without asking this server first.",
    };
  }
  // Pictures, scripts and frames of other sites: no page reads their answers but by side channels.
  const site = headers["sec-fetch-site"];
  const isEmbedded = headers["sec-fetch-mode"] === "no-cors";
  if ((site === "cross-site" || site === "same-site") && isEmbedded) {
    return {
      status: 403,
      message: `Pages of other sites may not embed answers. To read one from a page, use fetch, or send one of these headers: ${preflightedHeaders.join(", ")}.`,
    };
  }
  return null;
}
