import type { IncomingMessage, ServerResponse } from "node:http";
import { cryptography } from "../../protocol/index.ts";
import type { Database } from "../../store/index.ts";
import type { PaperDocument, PaperStates } from "../../store/states/index.ts";
import { softwareVersion } from "../../version.ts";
import { type AddressOf, clientKey } from "../client-address.ts";
import { inTime, type TimedAnswer } from "../http/timed-answer.ts";
import { answerDocument } from "./answer-document.ts";
import { answerFeed } from "./answer-feed.ts";
import type { ChangeWatch } from "./change-watch.ts";
import { manifestOf } from "./manifest.ts";
import { openHeaders, revalidated } from "./refusals.ts";
import { sendDocument } from "./send-document.ts";

export type MirrorOptions = {
  readonly database: Database;
  /** How long an answer may read from the database: then it is TIMEOUT. */
  readonly milliseconds: number;
  /** The address that others reach this mirror by, without a `/` at its end; from the Host header unless told. */
  readonly baseUrl?: string | undefined;
  /** Whom it tells of changes; stays the caller's. */
  readonly watch: ChangeWatch;
  readonly addressOf: AddressOf;
  /** Makes the documents; stays the caller's. */
  readonly states: PaperStates;
};

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
export type MirrorRoute = { readonly methods: readonly string[]; readonly answer: Answer };

/** Each path, what it names, and the same of another suffix, as a reference relative to it. */
const documentPaths: readonly (readonly [RegExp, PaperDocument, (suffix: string) => string])[] = [
  [/^\/pith\/([^/]+)\/bundle\.json$/, "bundle", (suffix) => `../${suffix}/bundle.json`],
  [/^\/pith\/([^/]+)\/state\.json$/, "state", (suffix) => `../${suffix}/state.json`],
  [/^\/\.well-known\/pith\/([^/]+)\/bundle\.json$/, "bundle", (suffix) => `../${suffix}/bundle.json`],
  [/^\/pith\/([^/]+)\.json$/, "description", (suffix) => `${suffix}.json`],
];

/**
 * The routes that other mirrors read (PROTOCOL section 8), and the feed of changes. Given a path, undefined where it
 * is none of them.
 */
export function createMirrorRoutes({
  database,
  milliseconds,
  baseUrl,
  watch,
  addressOf,
  states,
}: MirrorOptions): (path: string) => MirrorRoute | undefined {
  const originOf = (request: IncomingMessage) => baseUrl ?? originOfRequest(request);
  const route = (answer: TimedAnswer): MirrorRoute => ({
    methods: ["GET", "HEAD"],
    answer: inTime(answer, milliseconds, openHeaders),
  });
  return (path) => {
    if (path === "/feed") {
      return route((request, response, read) => {
        const address = clientKey(addressOf(request));
        return answerFeed({ database, watch, read, address }, request, response);
      });
    }
    if (path === "/pith-mirrors.json") {
      return route((request, response) => answerManifest(originOf(request), request, response));
    }
    for (const [shape, document, referenceTo] of documentPaths) {
      const suffix = shape.exec(path)?.[1];
      if (suffix === undefined) continue;
      return route((request, response, read, gone) => {
        const origin = originOf(request);
        return answerDocument(
          { database, read, gone, states, document, suffix, referenceTo, origin },
          request,
          response,
        );
      });
    }
    return undefined;
  };
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
    text: Buffer.from(`${JSON.stringify(manifest)}\n`),
    tag: () => `W/"${softwareVersion}-${digest}"`,
    cacheControl: revalidated,
  });
}

/** What the client called this server; its own address where it sent no sound Host header. */
function originOfRequest({ headers: { host }, socket }: IncomingMessage): string {
  if (host !== undefined && /^(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?$/.test(host))
    return `http://${host}`;
  return `http://localhost:${socket.localPort ?? 80}`;
}
