import type { IncomingMessage, ServerResponse } from "node:http";
import { sendImmutable, sendPage } from "../http/index.ts";
import { sendError } from "../responses.ts";
import { loadGraphiql } from "./files.ts";

/**
 * GraphiQL may run its own files from this server, and query this server. Its editor writes style elements, which have
 * no nonce; inline scripts do not run.
 */
const headers = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

/** The page, for a browser at `/graphql`. */
export async function answerGraphiql(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { page } = await loadGraphiql();
  sendPage(request, response, { text: page, headers: { ...headers, vary: "Accept" } });
}

export const graphiqlFilePattern = /^\/graphiql\/([\w-]+\.[a-z]+)$/;

/** One of its files, by the name that the path captures. */
export async function answerGraphiqlFile(
  request: IncomingMessage,
  response: ServerResponse,
  [name = ""]: readonly string[],
): Promise<void> {
  const file = (await loadGraphiql()).files.get(name);
  if (file !== undefined && (await sendImmutable(request, response, { ...file, headers }))) return;
  const message = "GraphiQL has no such file. If it was updated, reload the page.";
  sendError(request, response, 404, { code: "NOT_FOUND", message });
}
