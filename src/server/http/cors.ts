import type { IncomingMessage } from "node:http";

/** Which pages of other origins may read answers. */
export type CorsSettings = {
  /** Origins as browsers write them (`https://example.org`), or all. */
  readonly origins: readonly string[] | "*";
  /** Whether browsers may send cookies and other credentials; only with listed origins. */
  readonly credentials: boolean;
};

/** All origins may read public data, without credentials. */
export const openCors: CorsSettings = { origins: "*", credentials: false };

/** CORS headers of an answer; none if the request does not come from a page. */
export function corsHeaders(cors: CorsSettings, { headers }: IncomingMessage): Record<string, string> {
  const { origin } = headers;
  if (cors.origins === "*") return origin === undefined ? {} : { "access-control-allow-origin": "*" };
  // The answer depends on the origin: a shared cache must not mix them.
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

/** With any of these headers, a browser sends a preflight request first. */
const preflightedHeaders = ["x-graphql-yoga-csrf", "apollo-require-preflight", "x-requested-with"];

/** Content types that a page may send to any origin without a preflight request, by the Fetch standard. */
const simpleTypes = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];

type CsrfRefusal = { readonly status: number; readonly message: string };

/**
 * The reason to reject a request that a page of another origin may have made with its user's credentials (CSRF); null
 * if none may have. Only requests that browsers send without a preflight are affected.
 */
export function csrfRefusal({ method, headers }: IncomingMessage): CsrfRefusal | null {
  if (preflightedHeaders.some((name) => (headers[name] ?? "") !== "")) return null;
  if (method === "POST") {
    const [type = ""] = (headers["content-type"] ?? "").toLowerCase().split(";", 1);
    if (type.trim() !== "" && !simpleTypes.includes(type.trim())) return null;
    return {
      status: 415,
      message:
        "Send `content-type: application/json`. Browsers send other types across sites without a preflight request.",
    };
  }
  // Images, scripts and frames of other sites: pages could read such answers only through side channels.
  const site = headers["sec-fetch-site"];
  const isEmbedded = headers["sec-fetch-mode"] === "no-cors";
  if ((site === "cross-site" || site === "same-site") && isEmbedded) {
    return {
      status: 403,
      message: `Pages of other sites cannot embed responses. To read one from a page, use fetch, or send one of these headers: ${preflightedHeaders.join(", ")}.`,
    };
  }
  return null;
}
