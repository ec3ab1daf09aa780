import type { IncomingMessage, ServerResponse } from "node:http";
import { cryptography, shortLengths, suffixOf } from "../../protocol/index.ts";
import type { Database } from "../../store/index.ts";
import { softwareVersion } from "../../version.ts";
import { sendError } from "../responses.ts";
import type { ChangeWatch } from "./change-watch.ts";
import { isNamedBy, stateTag } from "./conditional.ts";
import { awaitFeedPage, defaultLimit, maximumLimit, readFeedPage } from "./feed-page.ts";
import {
  bundleOf,
  canonicalSha256Of,
  findNumbers,
  type HeldPaper,
  readHeldPaper,
  readStateHash,
} from "./held-paper.ts";
import { manifestOf } from "./manifest.ts";
import { sendDocument, sendUnchanged } from "./send-document.ts";

export type MirrorOptions = {
  readonly database: Database;
  /** The address that others reach this mirror by, without a `/` at its end; from the Host header unless told. */
  readonly baseUrl?: string | undefined;
  /** Whom it tells of changes; stays the caller's. */
  readonly watch: ChangeWatch;
};

/** Seconds that a client may ask to wait for a change. */
const longestWait = 30;

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
export type MirrorRoute = { readonly methods: readonly string[]; readonly answer: Answer };

type Document = "bundle" | "state" | "description";

/** Each path, what it names, and the same of another suffix, as a reference relative to it. */
const documentPaths: readonly (readonly [RegExp, Document, (suffix: string) => string])[] = [
  [/^\/pith\/([^/]+)\/bundle\.json$/, "bundle", (suffix) => `../${suffix}/bundle.json`],
  [/^\/pith\/([^/]+)\/state\.json$/, "state", (suffix) => `../${suffix}/state.json`],
  [/^\/\.well-known\/pith\/([^/]+)\/bundle\.json$/, "bundle", (suffix) => `../${suffix}/bundle.json`],
  [/^\/pith\/([^/]+)\.json$/, "description", (suffix) => `${suffix}.json`],
];

const suffixShape = /^[A-Z2-7]+$/;
const suffixLengths: readonly number[] = [...shortLengths, 26];
const sha256Shape = /^[0-9a-f]{64}$/;

/** What changes with the paper: caches ask each time, and are answered 304 while it is the same. */
const revalidated = "no-cache";
/** What is named by its hash. Seconds: a year. */
const immutable = "public, max-age=31536000, immutable";

/**
 * The routes that other mirrors read (PROTOCOL section 8), and the feed of changes. Given a path, undefined where it
 * is none of them.
 */
export function createMirrorRoutes({
  database,
  baseUrl,
  watch,
}: MirrorOptions): (path: string) => MirrorRoute | undefined {
  const methods = ["GET", "HEAD"];
  const originOf = (request: IncomingMessage) => baseUrl ?? originOfRequest(request);
  return (path) => {
    if (path === "/feed") {
      return { methods, answer: (request, response) => answerFeed(database, watch, request, response) };
    }
    if (path === "/pith-mirrors.json") {
      return { methods, answer: (request, response) => answerManifest(originOf(request), request, response) };
    }
    for (const [shape, document, referenceTo] of documentPaths) {
      const suffix = shape.exec(path)?.[1];
      if (suffix === undefined) continue;
      const answer: Answer = (request, response) =>
        answerDocument(
          { database, document, suffix, referenceTo, origin: originOf(request) },
          request,
          response,
        );
      return { methods, answer };
    }
    return undefined;
  };
}

type DocumentRequest = {
  readonly database: Database;
  readonly document: Document;
  readonly suffix: string;
  readonly referenceTo: (suffix: string) => string;
  readonly origin: string;
};

async function answerDocument(
  { database, document, suffix: given, referenceTo, origin }: DocumentRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const suffix = given.toUpperCase();
  if (!suffixShape.test(suffix) || !suffixLengths.includes(suffix.length)) {
    return refuse(
      request,
      response,
      "A suffix is the 26 characters after pith:<year>:, or their first 8, 12 or 16.",
    );
  }
  const query = queryOf(request);
  const wanted = query.get("state");
  if (wanted !== null && !sha256Shape.test(wanted)) {
    return refuse(request, response, "state must be a SHA-256 in 64 lower-case hex digits.");
  }
  const [pithNumber, ...others] = await findNumbers(database, suffix);
  if (pithNumber === undefined) return notFound(request, response, "This mirror holds no such paper.");
  if (others.length > 0) {
    const message = `${suffix} is the beginning of several: ${[pithNumber, ...others].join(", ")}.`;
    return sendError(request, response, 409, { code: "AMBIGUOUS_REF", message, headers: openHeaders });
  }
  if (given !== suffixOf(pithNumber)) {
    // Not for good: a short form that names one paper today may name two tomorrow.
    const search = query.size > 0 ? `?${query}` : "";
    response.writeHead(307, { ...openHeaders, location: referenceTo(suffixOf(pithNumber)) + search });
    response.end();
    request.resume();
    return;
  }
  const cacheControl = wanted === null || document === "description" ? revalidated : immutable;
  // Only a state's bytes follow from its hash.
  const tagOf = (sha256: string) => (isGzip: boolean) => stateTag(sha256, isGzip || document !== "state");
  const { "if-none-match": named } = request.headers;
  if (named !== undefined) {
    // Who has it already costs no merge.
    const known = await readStateHash(database, pithNumber);
    const isThere = known !== null && (document !== "bundle" || known.hasRecord);
    const isWanted = wanted === null || wanted === known?.sha256;
    if (isThere && isWanted && isNamedBy(stateTag(known.sha256, true), named)) {
      return sendUnchanged(request, response, { tag: tagOf(known.sha256), cacheControl });
    }
  }
  const held = await readHeldPaper(database, pithNumber);
  if (held === null) return notFound(request, response, "This mirror holds no such paper.");
  const { sha256 } = held.state;
  if (wanted !== null && wanted !== sha256) {
    return notFound(
      request,
      response,
      `The state of ${pithNumber} is now ${sha256}; older ones are not kept.`,
    );
  }
  const text = textOf(document, held, origin);
  if (text === null) {
    return notFound(
      request,
      response,
      `No document has brought the canonical record of ${pithNumber}; a bundle must carry it.`,
    );
  }
  await sendDocument(request, response, {
    text,
    tag: tagOf(sha256),
    cacheControl,
  });
}

function textOf(document: Document, held: HeldPaper, origin: string): string | null {
  if (document === "bundle") return bundleOf(held);
  if (document === "state") return held.state.text;
  const { pithNumber, sha256, events, validCount } = held.state;
  const suffix = suffixOf(pithNumber);
  const description = {
    pith_number: pithNumber,
    canonical_sha256: canonicalSha256Of(held),
    state_sha256: sha256,
    event_count: events.size,
    valid_event_count: validCount,
    bundle_url: `${origin}/pith/${suffix}/bundle.json`,
    state_url: `${origin}/pith/${suffix}/state.json`,
    well_known_url: `${origin}/.well-known/pith/${suffix}/bundle.json`,
  };
  return `${JSON.stringify(description)}\n`;
}

async function answerManifest(
  origin: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const manifest = manifestOf(origin, new Date().toISOString());
  // All but the time follows from the address.
  const digest = cryptography.sha256Text(origin);
  await sendDocument(request, response, {
    text: `${JSON.stringify(manifest)}\n`,
    tag: () => `W/"${softwareVersion}-${digest}"`,
    cacheControl: revalidated,
  });
}

async function answerFeed(
  database: Database,
  watch: ChangeWatch,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const query = queryOf(request);
  const after = integerOf(query.get("after") ?? "0", 0, Number.MAX_SAFE_INTEGER);
  const limit = integerOf(query.get("limit") ?? String(defaultLimit), 1, maximumLimit);
  if (after === null) return refuse(request, response, "after must be a position: an integer from 0.");
  if (limit === null) return refuse(request, response, `limit must be an integer from 1 to ${maximumLimit}.`);
  const seconds = integerOf(query.get("wait") ?? "0", 0, longestWait);
  if (seconds === null) {
    return refuse(request, response, `wait must be a whole number of seconds from 0 to ${longestWait}.`);
  }
  const address = request.socket.remoteAddress ?? "";
  const wait = seconds === 0 ? null : watch.begin(address, seconds * 1000);
  if (wait !== null) response.once("close", () => wait.end());
  const { page, head } =
    wait === null
      ? await readFeedPage(database, BigInt(after), limit)
      : await awaitFeedPage(database, BigInt(after), limit, wait).finally(() => wait.end());
  if (response.destroyed) return;
  await sendDocument(request, response, {
    text: `${JSON.stringify(page)}\n`,
    tag: () => `W/"${head.position}-${head.checksum}"`,
    cacheControl: revalidated,
  });
}

function integerOf(text: string, least: number, most: number): number | null {
  const value = Number(text);
  return /^\d{1,16}$/.test(text) && value >= least && value <= most ? value : null;
}

function queryOf(request: IncomingMessage): URLSearchParams {
  const url = request.url ?? "";
  const start = url.indexOf("?");
  return new URLSearchParams(start < 0 ? "" : url.slice(start + 1));
}

/** What the client called this server; its own address where it sent no sound Host header. */
function originOfRequest({ headers: { host }, socket }: IncomingMessage): string {
  if (host !== undefined && /^(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?$/.test(host))
    return `http://${host}`;
  return `http://localhost:${socket.localPort ?? 80}`;
}

const openHeaders = { "access-control-allow-origin": "*", "cache-control": revalidated };

function refuse(request: IncomingMessage, response: ServerResponse, message: string): void {
  sendError(request, response, 400, { code: "BAD_USER_INPUT", message, headers: openHeaders });
}

function notFound(request: IncomingMessage, response: ServerResponse, message: string): void {
  sendError(request, response, 404, { code: "NOT_FOUND", message, headers: openHeaders });
}
