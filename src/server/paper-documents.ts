import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { buildPaperDocument } from "../api/index.ts";
import { type PithNumber, shortLengths, suffixOf } from "../protocol/index.ts";
import { paperIdOf } from "../row-rules/index.ts";
import {
  type BuiltDocument,
  bigintArray,
  type Database,
  type PaperDocument,
  type PaperHead,
  type PaperStates,
  readLogTexts,
  readPaperHeads,
} from "../store/index.ts";
import {
  acceptedEncoding,
  ClientDisconnectedError,
  type LimitedRead,
  queryOf,
  sendAsRead,
  sendError,
  sendUnmodified,
  strongTag,
  weakTag,
} from "./http/index.ts";

const suffixPattern = /^[A-Z2-7]+$/;
const suffixLengths: readonly number[] = [...shortLengths, 26];
const sha256Pattern = /^[0-9a-f]{64}$/;

/** Content named by its hash: cached for a year (in seconds). */
const immutable = "public, max-age=31536000, immutable";

type DocumentRequest = {
  readonly database: Database;
  readonly read: LimitedRead;
  readonly disconnected: AbortSignal;
  readonly states: PaperStates;
  readonly document: PaperDocument;
  /** As in the path. */
  readonly suffix: string;
  /** The same document under another suffix, as a relative reference. */
  readonly referenceTo: (suffix: string) => string;
  readonly origin: string;
};

/** Answers a paper's bundle, its state, or its description. */
export async function answerDocument(
  {
    database,
    read,
    disconnected,
    states,
    document,
    suffix: requestedSuffix,
    referenceTo,
    origin,
  }: DocumentRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const suffix = requestedSuffix.toUpperCase();
  if (!suffixPattern.test(suffix) || !suffixLengths.includes(suffix.length)) {
    return sendBadRequest(
      request,
      response,
      "A suffix is the 26 characters after pith:<year>:, or the first 8, 12 or 16 of them.",
    );
  }
  const query = queryOf(request);
  const requestedState = query.get("state");
  if (requestedState !== null && !sha256Pattern.test(requestedState)) {
    return sendBadRequest(request, response, "state must be a SHA-256 in 64 lower-case hex digits.");
  }
  const [pithNumber, ...others] = await read(() => findNumbers(database, suffix));
  if (pithNumber === undefined) return sendNotFound(request, response, "This paper is not stored here.");
  if (others.length > 0) {
    const message = `${suffix} matches several papers: ${[pithNumber, ...others].join(", ")}.`;
    return sendError(request, response, 409, { code: "AMBIGUOUS_REF", message, headers: openHeaders });
  }
  if (requestedSuffix !== suffixOf(pithNumber)) {
    // Temporary: a short form that names one paper today may name two tomorrow.
    const search = query.size > 0 ? `?${query}` : "";
    response.writeHead(307, { ...openHeaders, location: referenceTo(suffixOf(pithNumber)) + search });
    response.end();
    request.resume();
    return;
  }
  const cacheControl = requestedState === null || document === "description" ? revalidated : immutable;
  // Only a state's bytes follow from its hash: a bundle may get better signatures, and gzip changes the bytes.
  const tagOf = (sha256: string) => (isGzip: boolean) =>
    isGzip || document !== "state" ? weakTag(sha256) : strongTag(sha256);
  const head = await read(() => readHead(database, pithNumber));
  if (head === null) return sendNotFound(request, response, "This paper is not stored here.");
  // No merge is needed for a client that already has the document.
  const isAvailable = document !== "bundle" || head.record !== null;
  const isRequestedState = requestedState === null || requestedState === head.sha256;
  const unchanged = { tag: tagOf(head.sha256), cacheControl };
  if (isAvailable && isRequestedState && sendIfUnmodified(request, response, unchanged)) return;
  const built = await buildPaperDocument(states, {
    document,
    pithNumber,
    head,
    reader: "mirror",
    signal: disconnected,
    readLog: async () => {
      const paperId = paperIdOf(pithNumber);
      return (await read(() => readLogTexts(database.db, [paperId]))).get(paperId);
    },
  });
  if (response.destroyed) return;
  const { sha256 } = built;
  if (requestedState !== null && requestedState !== sha256) {
    return sendNotFound(
      request,
      response,
      `The state of ${pithNumber} is now ${sha256}; older states are not stored.`,
    );
  }
  const text = document === "description" ? descriptionOf(pithNumber, built, origin) : built.text;
  if (text === null) {
    return sendNotFound(
      request,
      response,
      `There is no bundle of ${pithNumber}: its canonical record was never imported.`,
    );
  }
  await sendDocument(request, response, {
    text,
    tag: tagOf(sha256),
    cacheControl,
  });
}

function descriptionOf(pithNumber: PithNumber, built: BuiltDocument, origin: string): Buffer {
  const suffix = suffixOf(pithNumber);
  const description = {
    pith_number: pithNumber,
    canonical_sha256: built.canonicalSha256,
    state_sha256: built.sha256,
    event_count: built.eventCount,
    valid_event_count: built.validCount,
    bundle_url: `${origin}/pith/${suffix}/bundle.json`,
    state_url: `${origin}/pith/${suffix}/state.json`,
    well_known_url: `${origin}/.well-known/pith/${suffix}/bundle.json`,
  };
  return Buffer.from(`${JSON.stringify(description)}\n`);
}

/** The years that are tried for a suffix whose number is stored without being a paper. */
const years = Array.from({ length: 300 }, (_, index) => String(1900 + index));

/** Finds the stored numbers with a suffix or its beginning: 8, 12, 16 or all 26 characters. */
async function findNumbers({ pool }: Database, suffix: string): Promise<PithNumber[]> {
  const { rows } = await pool.query<{ pith_number: PithNumber }>(
    `SELECT pith_number FROM paper_keys JOIN records USING (paper_id)
     WHERE key = $1 AND substr(pith_number, 11) LIKE $2 || '%' ORDER BY pith_number LIMIT 20`,
    [`pith:${suffix.slice(0, 8)}`, suffix],
  );
  if (rows.length > 0 || suffix.length < 26) return rows.map((row) => row.pith_number);
  // Stored without record or event: not a paper, so it has no key. But ids follow from complete numbers.
  const ids = years.map((year) => paperIdOf(`pith:${year}:${suffix}` as PithNumber));
  const others = await pool.query<{ pith_number: PithNumber }>(
    "SELECT pith_number FROM records WHERE paper_id = ANY($1::bigint[]) ORDER BY pith_number",
    [bigintArray(ids)],
  );
  return others.rows.map((row) => row.pith_number).filter((number) => suffixOf(number) === suffix);
}

/** Null if nothing of the paper is stored. */
async function readHead({ db }: Database, pithNumber: PithNumber): Promise<PaperHead | null> {
  const paperId = paperIdOf(pithNumber);
  const head = (await readPaperHeads(db, [paperId])).get(paperId);
  return head?.pithNumber === pithNumber ? head : null;
}

const gzipAsync = promisify(gzip);

/** Bytes of a piece; longer documents are written in several. */
const pieceBytes = 64 * 1024;

/** Bytes; shorter texts are sent uncompressed. */
const minCompressedBytes = 1000;

type MirrorDocument = {
  /** JSON in UTF-8; the buffer may be shared. */
  readonly text: Buffer;
  /** The entity tag: weak if gzipped, since its bytes differ. */
  readonly tag: (isGzip: boolean) => string;
  readonly cacheControl: string;
};

/** Sends JSON that a cache may store: 304 if the client has it, gzip if it accepts that, no body for HEAD. */
export async function sendDocument(
  request: IncomingMessage,
  response: ServerResponse,
  { text, tag, cacheControl }: MirrorDocument,
): Promise<void> {
  const isGzip = text.length >= minCompressedBytes && acceptsGzip(request);
  const headers = headersOf(tag(isGzip), cacheControl);
  if (sendUnmodified(request, response, headers.etag, headers)) return;
  // An unread body would block the next request on the connection.
  request.resume();
  const body = isGzip ? await gzipAsync(text) : text;
  response.writeHead(200, {
    ...headers,
    "content-type": "application/json; charset=utf-8",
    "content-length": body.length,
    ...(isGzip ? { "content-encoding": "gzip" } : {}),
  });
  if (request.method === "HEAD") response.end();
  else if (body.length <= pieceBytes) response.end(body);
  else await sendPieces(response, body);
}

/** Writes no faster than the client reads, so that a shared text is not copied in memory. */
async function sendPieces(response: ServerResponse, body: Buffer): Promise<void> {
  try {
    await sendAsRead(response, piecesOf(body));
  } catch (error) {
    // A client that disconnected needs no answer.
    if (!(error instanceof ClientDisconnectedError)) throw error;
  }
}

function* piecesOf(body: Buffer): Generator<Buffer> {
  for (let start = 0; start < body.length; start += pieceBytes) {
    yield body.subarray(start, start + pieceBytes);
  }
}

/** Answers 304 if the client already has the document, so that it need not be made; else returns false. */
function sendIfUnmodified(
  request: IncomingMessage,
  response: ServerResponse,
  { tag, cacheControl }: Omit<MirrorDocument, "text">,
): boolean {
  const headers = headersOf(tag(acceptsGzip(request)), cacheControl);
  return sendUnmodified(request, response, headers.etag, headers);
}

function headersOf(etag: string, cacheControl: string) {
  return {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "ETag",
    "cache-control": cacheControl,
    etag,
    vary: "Accept-Encoding",
    "x-content-type-options": "nosniff",
  };
}

function acceptsGzip(request: IncomingMessage): boolean {
  return acceptedEncoding(request, ["gzip"]) === "gzip";
}

/** For content that changes with the paper: caches revalidate each time, and get 304 while it is the same. */
export const revalidated = "no-cache";

/** Headers of answers that pages of other origins may read as well. */
export const openHeaders = { "access-control-allow-origin": "*", "cache-control": revalidated };

export function sendBadRequest(request: IncomingMessage, response: ServerResponse, message: string): void {
  sendError(request, response, 400, { code: "BAD_USER_INPUT", message, headers: openHeaders });
}

function sendNotFound(request: IncomingMessage, response: ServerResponse, message: string): void {
  sendError(request, response, 404, { code: "NOT_FOUND", message, headers: openHeaders });
}
