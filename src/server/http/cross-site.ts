import type { IncomingMessage } from "node:http";

/** With any of these a browser asks first (CORS preflight) before it lets a page send the request. */
const askingHeaders = ["x-graphql-yoga-csrf", "apollo-require-preflight", "x-requested-with"];

/** What a page may send to any origin without asking, by the Fetch standard. */
const simpleTypes = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];

export type Refusal = { readonly status: number; readonly message: string };

/**
 * Why a request is refused that a page of another origin may have made in its reader's name; null where none may have:
 * only what browsers send without asking this server first is looked at.
 */
export function crossSiteRefusal({ method, headers }: IncomingMessage): Refusal | null {
  if (askingHeaders.some((name) => (headers[name] ?? "") !== "")) return null;
  if (method === "POST") {
    const [type = ""] = (headers["content-type"] ?? "").toLowerCase().split(";", 1);
    if (type.trim() !== "" && !simpleTypes.includes(type.trim())) return null;
    return {
      status: 415,
      message:
        "Send `content-type: application/json`. Browsers send other types across sites without asking this server first.",
    };
  }
  // Pictures, scripts and frames of other sites: nobody reads their answers but by side channels.
  const site = headers["sec-fetch-site"];
  const isEmbedded = headers["sec-fetch-mode"] === "no-cors";
  if ((site === "cross-site" || site === "same-site") && isEmbedded) {
    return {
      status: 403,
      message: `Pages of other sites may not embed answers. To read one from a page, use fetch, or send one of these headers: ${askingHeaders.join(", ")}.`,
    };
  }
  return null;
}
