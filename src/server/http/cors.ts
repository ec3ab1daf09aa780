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

export function isAllowedOrigin({ origins }: CorsSettings, origin: string): boolean {
  return origins === "*" || origins.includes(origin);
}

/** The headers of an answer to a request of any page; none where no page asks. */
export function corsHeaders(cors: CorsSettings, { headers }: IncomingMessage): Record<string, string> {
  const { origin } = headers;
  if (cors.origins === "*") return origin === undefined ? {} : { "access-control-allow-origin": "*" };
  // The answer differs from one origin to another: a cache between must not mix them.
  if (origin === undefined || !isAllowedOrigin(cors, origin)) return { vary: "Origin" };
  return {
    "access-control-allow-origin": origin,
    vary: "Origin",
    ...(cors.credentials ? { "access-control-allow-credentials": "true" } : {}),
  };
}

/** The headers of an answer to a browser that asks what a page may send. */
export function preflightHeaders(cors: CorsSettings, request: IncomingMessage): Record<string, string> {
  const headers = corsHeaders(cors, request);
  if (headers["access-control-allow-origin"] === undefined) return headers;
  const asked = request.headers["access-control-request-headers"];
  return {
    ...headers,
    "access-control-allow-methods": "GET, POST",
    ...(asked === undefined ? {} : { "access-control-allow-headers": asked }),
    "access-control-max-age": "86400",
    vary: "Origin, Access-Control-Request-Headers",
  };
}
