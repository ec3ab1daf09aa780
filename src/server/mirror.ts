import type { IncomingMessage, ServerResponse } from "node:http";
import { cryptography, fingerprintOf, mergeVersion, registryKey } from "../protocol/index.ts";
import { softwareVersion } from "../runtime/index.ts";
import {
  type Database,
  type FeedPosition,
  type PaperDocument,
  type PaperStates,
  readChanges,
  readChecksumAt,
  readFeedHead,
} from "../store/index.ts";
import { type AddressOf, clientKey } from "./client-address.ts";
import { type LimitedRead, queryOf, type Route, weakTag, withTimeLimit } from "./http/index.ts";
import type { ChangeWatch, Wait } from "./live-changes.ts";
import { answerDocument, openHeaders, revalidated, sendBadRequest, sendDocument } from "./paper-documents.ts";

type MirrorOptions = {
  readonly database: Database;
  /** How long an answer may read from the database before it is TIMEOUT. */
  readonly milliseconds: number;
  /** The address that others reach this mirror by, without a trailing `/`. Defaults to the Host header. */
  readonly baseUrl?: string | undefined;
  /** Notifies of changes; owned by the caller. */
  readonly watch: ChangeWatch;
  readonly addressOf: AddressOf;
  /** Makes the documents; owned by the caller. */
  readonly states: PaperStates;
};

type Handle = Route["handle"];

/** The routes that other mirrors read (PROTOCOL section 8), and the feed of changes. */
export type MirrorHandlers = {
  readonly feed: Handle;
  readonly manifest: Handle;
  /**
   * A document of the paper whose suffix the path captures. `referenceTo` gives the same document under another suffix,
   * as a relative reference.
   */
  readonly document: (document: PaperDocument, referenceTo: (suffix: string) => string) => Handle;
};

export function createMirrorHandlers(options: MirrorOptions): MirrorHandlers {
  const { database, milliseconds, baseUrl, watch, addressOf, states } = options;
  const originOf = (request: IncomingMessage) => baseUrl ?? originOfRequest(request);
  return {
    feed: withTimeLimit(
      (request, response, { read }) =>
        answerFeed({ database, watch, read, address: clientKey(addressOf(request)) }, request, response),
      milliseconds,
      openHeaders,
    ),
    manifest: (request, response) => answerManifest(originOf(request), request, response),
    document: (document, referenceTo) =>
      withTimeLimit(
        (request, response, { read, disconnected, captured: [suffix = ""] }) =>
          answerDocument(
            {
              database,
              read,
              disconnected,
              states,
              document,
              suffix,
              referenceTo,
              origin: originOf(request),
            },
            request,
            response,
          ),
        milliseconds,
        openHeaders,
      ),
  };
}

async function answerManifest(
  origin: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const manifest = manifestOf(origin, new Date().toISOString());
  // Everything but the time follows from the address.
  const digest = cryptography.sha256Text(origin);
  await sendDocument(request, response, {
    text: Buffer.from(`${JSON.stringify(manifest)}\n`),
    tag: () => weakTag(`${softwareVersion}-${digest}`),
    cacheControl: revalidated,
  });
}

/** The address that the client used for this server; the socket's own if it sent no valid Host header. */
function originOfRequest({ headers: { host }, socket }: IncomingMessage): string {
  if (host !== undefined && /^(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?$/.test(host))
    return `http://${host}`;
  return `http://localhost:${socket.localPort ?? 80}`;
}

/** `/pith-mirrors.json`: where this mirror's documents are, in the form of PROTOCOL section 8. */
function manifestOf(baseUrl: string, generatedAt: string) {
  const publicKey = Buffer.from(registryKey.public_key_b64, "base64");
  return {
    manifest_type: "pith_mirror_manifest",
    manifest_version: "1.0",
    generated_at: generatedAt,
    merge_version: mergeVersion,
    mirrors: [
      {
        name: new URL(baseUrl).host,
        mirror_type: new URL(baseUrl).protocol.slice(0, -1),
        base_url: baseUrl,
        bundle_pattern: `${baseUrl}/pith/{suffix}/bundle.json`,
        state_pattern: `${baseUrl}/pith/{suffix}/state.json`,
        well_known_pattern: `${baseUrl}/.well-known/pith/{suffix}/bundle.json`,
        public_key: {
          key_id: registryKey.key_id,
          algorithm: "ed25519",
          format: "raw",
          public_key_b64: registryKey.public_key_b64,
          public_key_hex: publicKey.toString("hex"),
          fingerprint_sha256_hex: fingerprintOf(publicKey),
          rotates_at: null,
        },
        status: "mirror",
      },
    ],
    notes:
      "Any conforming mirror may host the same bundles. Current state is computed by deterministic merge, not by trusting this manifest.",
  };
}

/** Seconds that a client may ask to wait for a change, at most. */
const maxWait = 30;

type FeedDependencies = {
  readonly database: Database;
  readonly watch: ChangeWatch;
  readonly read: LimitedRead;
  /** The client that a wait counts for. */
  readonly address: string;
};

/** `/feed`: answers immediately, or as soon as there is a change. */
async function answerFeed(
  { database, watch, read, address }: FeedDependencies,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const query = queryOf(request);
  const after = integerOf(query.get("after") ?? "0", 0, Number.MAX_SAFE_INTEGER);
  const limit = integerOf(query.get("limit") ?? String(defaultLimit), 1, maxLimit);
  if (after === null)
    return sendBadRequest(request, response, "after must be a position: an integer from 0.");
  if (limit === null)
    return sendBadRequest(request, response, `limit must be an integer from 1 to ${maxLimit}.`);
  const seconds = integerOf(query.get("wait") ?? "0", 0, maxWait);
  if (seconds === null) {
    return sendBadRequest(request, response, `wait must be a whole number of seconds from 0 to ${maxWait}.`);
  }
  const wait = seconds === 0 ? null : watch.begin(address, seconds * 1000);
  if (wait !== null) response.once("close", () => wait.end());
  const readPage = () => read(() => readFeedPage(database, BigInt(after), limit));
  const { page, head } =
    wait === null
      ? await readPage()
      : await awaitFeedPage(readPage, BigInt(after), wait).finally(() => wait.end());
  if (response.destroyed) return;
  await sendDocument(request, response, {
    text: Buffer.from(`${JSON.stringify(page)}\n`),
    tag: () => weakTag(`${head.position}-${head.checksum}`),
    cacheControl: revalidated,
  });
}

function integerOf(text: string, min: number, max: number): number | null {
  const value = Number(text);
  return /^\d{1,16}$/.test(text) && value >= min && value <= max ? value : null;
}

/** Changes on a page: the default, and the maximum. */
const defaultLimit = 500;
const maxLimit = 1000;

/** The answer of `/feed`. Positions are integers, hashes lower-case hex. */
type FeedPage = {
  readonly feed_type: "pith_graph_feed";
  readonly feed_version: "1.0";
  /** The beginning of the page; the checksum is null if the feed does not reach that far. */
  readonly after: { readonly position: number; readonly checksum: string | null };
  /** The end of the feed. */
  readonly head: { readonly position: number; readonly checksum: string };
  readonly changes: readonly {
    readonly position: number;
    readonly pith_number: string;
    readonly state_sha256: string;
    /** The checksum of the set of all states after this change. */
    readonly checksum: string;
  }[];
};

/**
 * The current page; if it is empty because the feed ends at the position, the first page with a change that comes
 * during the wait.
 */
async function awaitFeedPage(
  readPage: () => Promise<PageAndHead>,
  after: bigint,
  wait: Wait,
): Promise<PageAndHead> {
  for (;;) {
    const found = await readPage();
    if (found.head.position !== after || !(await wait.changed())) return found;
  }
}

/** A page, and the end of the feed. */
type PageAndHead = { readonly page: FeedPage; readonly head: FeedPosition };

async function readFeedPage({ db }: Database, after: bigint, limit: number): Promise<PageAndHead> {
  const changes = await readChanges(db, after, limit);
  const checksum = await readChecksumAt(db, after);
  // Read last: the head is at or after every change of the page.
  const head = await readFeedHead(db);
  return {
    head,
    page: {
      feed_type: "pith_graph_feed",
      feed_version: "1.0",
      after: { position: Number(after), checksum },
      head: { position: Number(head.position), checksum: head.checksum },
      changes: changes.map((change) => ({
        position: Number(change.position),
        pith_number: change.pithNumber,
        state_sha256: change.stateSha256,
        checksum: change.checksum,
      })),
    },
  };
}
