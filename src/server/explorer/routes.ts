import type { IncomingMessage, ServerResponse } from "node:http";
import { cryptography } from "../../protocol/index.ts";
import { isNamedBy } from "../mirror/conditional.ts";
import { sendError } from "../responses.ts";
import { acceptedEncoding } from "./accepted-encoding.ts";
import { BuiltFiles, builtExplorer } from "./built-files.ts";
import { explorerHeaders } from "./policy.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
export type ExplorerRoute = { readonly methods: readonly string[]; readonly answer: Answer };

const methods = ["GET", "HEAD"];

/** The explorer's own addresses: all of them are the same page, which reads the address. */
const pagePath = /^\/(?:|search|graph|overview|paper\/.+)$/;
/** A plain name: nothing that leads out of the folder, or to what the build keeps for itself. */
const assetPath = /^\/assets\/([\w-][\w.-]*\.(js|css|svg))$/;
/** Steps of a path; beyond, nobody's ref. */
const mostSteps = 40;

const types: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};

/** The explorer. Given a path, undefined where it is none of its own. */
export function createExplorerRoutes(folder = builtExplorer): (path: string) => ExplorerRoute | undefined {
  const files = new BuiltFiles(folder);
  return (path) => {
    const [, name, type] = assetPath.exec(path) ?? [];
    if (name !== undefined) {
      return {
        methods,
        answer: (request, response) => answerAsset(files, name, types[type ?? ""], request, response),
      };
    }
    const steps = path.split("/").length - 2;
    if (!pagePath.test(path) || steps > mostSteps) return undefined;
    return { methods, answer: (request, response) => answerPage(files, steps, request, response) };
  };
}

/**
 * The page names its assets relative to its own address, which a proxy may have below a path that this server never
 * hears of: as many steps up as the address has.
 */
async function answerPage(
  files: BuiltFiles,
  steps: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const built = await files.page();
  if (built === null) {
    const message = "The explorer is not built: run `npm run build`. The API is at /graphql.";
    return sendError(request, response, 503, { code: "NOT_FOUND", message });
  }
  const text = built.replaceAll(/(src|href)="\.\//g, `$1="${steps === 0 ? "./" : "../".repeat(steps)}`);
  const etag = `"${cryptography.sha256Text(text).slice(0, 32)}"`;
  const headers = { ...explorerHeaders, "cache-control": "no-cache", etag };
  request.resume();
  if (isNamedBy(etag, request.headers["if-none-match"])) {
    response.writeHead(304, headers);
    response.end();
    return;
  }
  response.writeHead(200, {
    ...headers,
    "content-type": "text/html; charset=utf-8",
    "content-length": Buffer.byteLength(text),
  });
  response.end(request.method === "HEAD" ? undefined : text);
}

/** What the build made is named by its content: a cache may keep it for good. */
async function answerAsset(
  files: BuiltFiles,
  name: string,
  type: string | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const wanted = acceptedEncoding(headerText(request.headers["accept-encoding"]));
  const compressed = wanted === "identity" ? null : await files.asset(name, wanted);
  const body = compressed ?? (await files.asset(name, "identity"));
  if (body === null || type === undefined) {
    const message = "The explorer has no such file. Where it was updated, load the page anew.";
    return sendError(request, response, 404, { code: "NOT_FOUND", message });
  }
  request.resume();
  response.writeHead(200, {
    "content-type": type,
    "content-length": body.length,
    ...(compressed === null ? {} : { "content-encoding": wanted }),
    vary: "Accept-Encoding",
    "cache-control": "public, max-age=31536000, immutable",
    // A worker has its own policy, and a picture opened by itself is a page.
    ...explorerHeaders,
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

function headerText(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === "object" ? header.join(",") : header;
}
