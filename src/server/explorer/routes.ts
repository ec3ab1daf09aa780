import type { IncomingMessage, ServerResponse } from "node:http";
import type { Encoding } from "../http/accepted-encoding.ts";
import { asksForPage } from "../http/accepted-type.ts";
import { sendImmutable, sendPage } from "../http/static-file.ts";
import { sendError } from "../responses.ts";
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

export type ExplorerRoutes = {
  /** Given a path, undefined where it is none of the explorer's own. */
  readonly route: (path: string) => ExplorerRoute | undefined;
  /** The page with status 404, for browsers at an address that nothing has; undefined for any other client. */
  readonly notFound: (request: IncomingMessage) => Answer | undefined;
};

export function createExplorerRoutes(folder = builtExplorer): ExplorerRoutes {
  const files = new BuiltFiles(folder);
  const route = (path: string): ExplorerRoute | undefined => {
    const [, name, suffix = ""] = assetPath.exec(path) ?? [];
    const type = types[suffix];
    if (name !== undefined && type !== undefined) {
      return {
        methods,
        answer: (request, response) => answerAsset(files, name, type, request, response),
      };
    }
    const steps = stepsOf(path);
    if (!pagePath.test(path) || steps > mostSteps) return undefined;
    return {
      methods,
      answer: (request, response) => answerPage(files, { steps, status: 200 }, request, response),
    };
  };
  const notFound = (request: IncomingMessage): Answer | undefined => {
    const { method = "", url = "/", headers } = request;
    const steps = stepsOf(url.split("?", 1)[0] ?? "/");
    if (!methods.includes(method) || !asksForPage(headers.accept) || steps > mostSteps) return undefined;
    return (given, response) => answerPage(files, { steps, status: 404 }, given, response);
  };
  return { route, notFound };
}

function stepsOf(path: string): number {
  return path.split("/").length - 2;
}

/**
 * The page, whatever it is to show; 404 where nothing else of the server has the address either. It names its assets
 * relative to its own address, which a proxy may have below a path that this server never hears of: as many steps up as
 * the address has.
 */
async function answerPage(
  files: BuiltFiles,
  { steps, status }: { steps: number; status: number },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const built = await files.page();
  if (built === null) {
    const message = "The explorer is not built: run `npm run build`. The API is at /graphql.";
    return sendError(request, response, 503, { code: "NOT_FOUND", message });
  }
  const text = built.replaceAll(/(src|href)="\.\//g, `$1="${steps === 0 ? "./" : "../".repeat(steps)}`);
  sendPage(request, response, { text, headers: explorerHeaders, status });
}

/** What the build made is named by its content. */
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
