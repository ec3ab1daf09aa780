import { readFile, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cryptography } from "../protocol/index.ts";
import {
  acceptedEncoding,
  type Encoding,
  pathOf,
  type Route,
  sendBody,
  sendError,
  sendUnmodified,
  strongTag,
} from "./http/index.ts";

/** Where the build puts the explorer: the same path from src/ and from dist/. */
export const builtExplorer = fileURLToPath(new URL("../../dist/explorer", import.meta.url));

const suffixes: Readonly<Record<Encoding, string>> = { br: ".br", gzip: ".gz", identity: "" };

type Page = { readonly text: string; readonly modified: number };

/** The explorer's built files: read on first use, and cached until the next build. */
class BuiltFiles {
  readonly #folder: string;
  readonly #pages = new Map<string, Page>();
  readonly #assets = new Map<string, Buffer>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A page by its file's name; null if nothing was built. */
  async page(name: string): Promise<string | null> {
    const path = join(this.#folder, name);
    const modified = await nullIfMissing(stat(path).then(({ mtimeMs }) => mtimeMs));
    if (modified === null) return null;
    const cached = this.#pages.get(name);
    if (cached?.modified === modified) return cached.text;
    const text = await nullIfMissing(readFile(path, "utf8"));
    if (text === null) return null;
    this.#assets.clear();
    this.#pages.set(name, { text, modified });
    return text;
  }

  /** An asset by its plain name, in an encoding that the build made of it; null if there is none. */
  async asset(name: string, encoding: Encoding): Promise<Buffer | null> {
    const file = name + suffixes[encoding];
    const cached = this.#assets.get(file);
    if (cached !== undefined) return cached;
    const bytes = await nullIfMissing(readFile(join(this.#folder, "assets", file)));
    if (bytes !== null) this.#assets.set(file, bytes);
    return bytes;
  }
}

/** The content that is read from a file; null if the file is missing. */
async function nullIfMissing<Value>(reading: Promise<Value>): Promise<Value | null> {
  try {
    return await reading;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EISDIR" || code === "ENOTDIR") return null;
    throw error;
  }
}

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
 * most 40 segments.
 */
export const explorerPagePattern = /^\/(?:|search|graph|overview|paper\/(?=.)[^/]*(?:\/[^/]*){0,39})$/;
/** A plain name: it cannot lead out of the folder, or to files that the build keeps for itself. */
export const explorerFilePattern = /^\/assets\/([\w-][\w.-]*\.(js|css|svg))$/;
/** Maximum segments of an unknown path for which the page is still shown. */
const maxSegments = 40;

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
      if (segmentsOf(request) > maxSegments) return false;
      await answerPage(files, 404, request, response);
      return true;
    },
  };
}

function segmentsOf(request: IncomingMessage): number {
  return pathOf(request).split("/").length - 2;
}

/**
 * The page, whatever it is to show; 404 if nothing else on the server has the address either. Its asset links are
 * relative to its own address, since a proxy may serve it below a path that this server never sees: as many `../` as
 * the address has segments.
 */
async function answerPage(
  files: BuiltFiles,
  status: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const built = await files.page("index.html");
  if (built === null) return sendUnbuilt("The explorer", request, response);
  const segments = segmentsOf(request);
  const text = built.replaceAll(/(src|href)="\.\//g, `$1="${segments === 0 ? "./" : "../".repeat(segments)}`);
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

type Headers = Readonly<Record<string, string>>;

/** Sends an HTML page that caches revalidate each time: 304 if the client has it, no body for HEAD. */
function sendPage(
  request: IncomingMessage,
  response: ServerResponse,
  { text, headers, status = 200 }: { text: string; headers: Headers; status?: number },
): void {
  const etag = strongTag(cryptography.sha256Text(text).slice(0, 32));
  const all = { ...headers, "cache-control": "no-cache", etag };
  if (status === 200 && sendUnmodified(request, response, etag, all)) return;
  sendBody(request, response, status, { ...all, "content-type": "text/html; charset=utf-8" }, text);
}

type ImmutableFile = {
  readonly type: string;
  /** The file's bytes in an encoding; null if that encoding does not exist. */
  readonly bytes: (encoding: Encoding) => Promise<Buffer | null>;
  readonly headers: Headers;
};

/**
 * Sends a file whose name changes with its content, so that caches may store it permanently. All clients share its
 * bytes. Returns false, with nothing sent, if the file does not exist.
 */
async function sendImmutable(
  request: IncomingMessage,
  response: ServerResponse,
  { type, bytes, headers }: ImmutableFile,
): Promise<boolean> {
  const accepted = acceptedEncoding(request);
  const compressed = accepted === "identity" ? null : await bytes(accepted);
  const body = compressed ?? (await bytes("identity"));
  if (body === null) return false;
  const encoding = compressed === null ? {} : { "content-encoding": accepted };
  const caching = { vary: "Accept-Encoding", "cache-control": "public, max-age=31536000, immutable" };
  // `headers` has the security policy: a worker has its own, and an image opened directly is a page.
  sendBody(request, response, 200, { "content-type": type, ...encoding, ...caching, ...headers }, body);
  return true;
}
