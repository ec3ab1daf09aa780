import type { IncomingMessage, ServerResponse } from "node:http";
import { sendError } from "./responses.ts";

/** A route of the server. */
export type Route = {
  /** For metrics and logs: one of a fixed list, independent of the client's input. */
  readonly name: string;
  readonly methods: readonly string[];
  /** The complete path, or a pattern that matches all of it. */
  readonly pattern: string | RegExp;
  /** `captured` has the groups of the pattern. */
  readonly handle: (
    request: IncomingMessage,
    response: ServerResponse,
    captured: readonly string[],
  ) => unknown;
};

/** Methods of read-only routes. */
export const readOnly: readonly string[] = ["GET", "HEAD"];

export type RouteMatch = { readonly route: Route; readonly captured: readonly string[] };

/** Finds the first route whose pattern matches a path; null if none does. */
export function createRouter(routes: readonly Route[]): (path: string) => RouteMatch | null {
  return (path) => {
    for (const route of routes) {
      const { pattern } = route;
      if (typeof pattern === "string") {
        if (pattern === path) return { route, captured: [] };
        continue;
      }
      const match = pattern.exec(path);
      if (match !== null) return { route, captured: match.slice(1) };
    }
    return null;
  };
}

/** Answers a request by its route; 405 if the route does not have the method. */
export function answerRoute(
  { route, captured }: RouteMatch,
  request: IncomingMessage,
  response: ServerResponse,
): unknown {
  const { methods, handle } = route;
  if (methods.includes(request.method ?? "")) return handle(request, response, captured);
  const allow = methods.join(", ");
  const message = `Use ${allow}.`;
  return sendError(request, response, 405, { code: "BAD_USER_INPUT", message, headers: { allow } });
}

/** A request's path as sent: nothing in it is decoded. */
export function pathOf({ url = "/" }: IncomingMessage): string {
  return url.split("?", 1)[0] ?? "/";
}

/** The query of a request's URL. */
export function queryOf({ url = "" }: Pick<IncomingMessage, "url">): URLSearchParams {
  const start = url.indexOf("?");
  return new URLSearchParams(start < 0 ? "" : url.slice(start + 1));
}

const absoluteForm = /^https?:\/\/([^/?#]*)(.*)$/is;

/**
 * Turns a request target in absolute form (`GET http://host/path`, RFC 9112, 3.2.2), which proxies and some clients
 * send, into origin form, by which routes are matched. Its host replaces the Host header.
 */
export function rewriteAbsoluteForm(request: IncomingMessage): void {
  const { url = "/" } = request;
  if (url.startsWith("/")) return;
  const [, authority = "", rest = ""] = absoluteForm.exec(url) ?? [];
  if (authority === "") return;
  request.url = rest.startsWith("/") ? rest : `/${rest}`;
  // Credentials before the host are ignored.
  request.headers.host = authority.slice(authority.lastIndexOf("@") + 1);
}
