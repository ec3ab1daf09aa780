import type { IncomingMessage, ServerResponse } from "node:http";
import { type Encoding, pathOf, type Route, sendImmutable, sendPage } from "../http/index.ts";
import { sendError } from "../responses.ts";
import { BuiltFiles, builtExplorer } from "./built-files.ts";

/**
 * A page may load scripts and styles only from this server, and query only this server. Inline scripts, styles and
 * frames are blocked: text from documents that somehow became markup still runs nothing.
 */
const policy = {
  "default-src": "'none'",
  "script-src": "'self'",
  "style-src": "'self'",
  // Pictures drawn by the page are saved from blob: and data: addresses.
  "img-src": "'self' data: blob:",
  "font-src": "'self'",
  "connect-src": "'self'",
  "worker-src": "'self'",
  "manifest-src": "'self'",
  "form-action": "'self'",
  "base-uri": "'none'",
  "frame-ancestors": "'none'",
};

const headersOf = (policy: Readonly<Record<string, string>>) => ({
  "content-security-policy": Object.entries(policy)
    .map((directive) => directive.join(" "))
    .join("; "),
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
});

const explorerHeaders = headersOf(policy);
/** GraphiQL's editor writes style elements, which have no nonce, and has its icons in data: fonts. */
const graphiqlHeaders = {
  ...headersOf({ ...policy, "style-src": "'self' 'unsafe-inline'", "font-src": "'self' data:" }),
  vary: "Accept",
};

/**
 * The explorer's own addresses. All serve the same page, which reads the address. Below `/paper`, an address has at
 * most 40 steps.
 */
export const explorerPagePattern = /^\/(?:|search|graph|overview|paper\/(?=.)[^/]*(?:\/[^/]*){0,39})$/;
/** A plain name: it cannot lead out of the folder, or to files that the build keeps for itself. */
export const explorerFilePattern = /^\/assets\/([\w-][\w.-]*\.(js|css|svg))$/;
/** The most steps of an unknown path for which the page is still shown. */
const maxSteps = 40;

const types: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};

export type ExplorerHandlers = {
  readonly page: Route["handle"];
  /** GraphiQL's page, for browsers at `/graphql`. */
  readonly graphiql: Route["handle"];
  /** An asset by the name and the suffix that the path captures. */
  readonly file: Route["handle"];
  /** Sends the page with status 404; false, with nothing sent, if the page cannot address its files from there. */
  readonly notFound: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;
};

export function createExplorerHandlers(folder = builtExplorer): ExplorerHandlers {
  const files = new BuiltFiles(folder);
  return {
    page: (request, response) => answerPage(files, 200, request, response),
    graphiql: async (request, response) => {
      const text = await files.page("graphiql.html");
      if (text === null) return sendUnbuilt("GraphiQL", request, response);
      sendPage(request, response, { text, headers: graphiqlHeaders });
    },
    file: (request, response, [name = "", suffix = ""]) =>
      answerAsset(files, name, types[suffix] ?? "", request, response),
    notFound: async (request, response) => {
      if (stepsOf(request) > maxSteps) return false;
      await answerPage(files, 404, request, response);
      return true;
    },
  };
}

function stepsOf(request: IncomingMessage): number {
  return pathOf(request).split("/").length - 2;
}

/**
 * The page, whatever it is to show; 404 if nothing else on the server has the address either. Its asset links are
 * relative to its own address, since a proxy may serve it below a path that this server never sees: as many `../` as
 * the address has steps.
 */
async function answerPage(
  files: BuiltFiles,
  status: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const built = await files.page("index.html");
  if (built === null) return sendUnbuilt("The explorer", request, response);
  const steps = stepsOf(request);
  const text = built.replaceAll(/(src|href)="\.\//g, `$1="${steps === 0 ? "./" : "../".repeat(steps)}`);
  sendPage(request, response, { text, headers: explorerHeaders, status });
}

function sendUnbuilt(page: string, request: IncomingMessage, response: ServerResponse): void {
  const message = `${page} is not built: run \`npm run build\`. The API is at /graphql.`;
  sendError(request, response, 503, { code: "NOT_FOUND", message });
}

/** Built assets are named by their content. */
async function answerAsset(
  files: BuiltFiles,
  name: string,
  type: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const bytes = (encoding: Encoding) => files.asset(name, encoding);
  if (await sendImmutable(request, response, { type, bytes, headers: explorerHeaders })) return;
  const message = "The explorer has no such file. If it was updated, reload the page.";
  sendError(request, response, 404, { code: "NOT_FOUND", message });
}
