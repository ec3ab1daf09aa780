import type { IncomingMessage, ServerResponse } from "node:http";
import { buildPaperDocument } from "../../api/paper-document.ts";
import { type PithNumber, shortLengths, suffixOf } from "../../protocol/index.ts";
import { type Database, paperIdOf, readLogTexts } from "../../store/index.ts";
import type { BuiltDocument, PaperDocument, PaperStates } from "../../store/states/index.ts";
import type { TimedRead } from "../http/timed-answer.ts";
import { sendError } from "../responses.ts";
import { isNamedBy, stateTag } from "./conditional.ts";
import { findNumbers, readHead } from "./paper-head.ts";
import { notFound, openHeaders, refuse, revalidated } from "./refusals.ts";
import { queryOf } from "./request-query.ts";
import { sendDocument, sendUnchanged } from "./send-document.ts";

const suffixShape = /^[A-Z2-7]+$/;
const suffixLengths: readonly number[] = [...shortLengths, 26];
const sha256Shape = /^[0-9a-f]{64}$/;

/** What is named by its hash. Seconds: a year. */
const immutable = "public, max-age=31536000, immutable";

export type DocumentRequest = {
  readonly database: Database;
  readonly read: TimedRead;
  readonly gone: AbortSignal;
  readonly states: PaperStates;
  readonly document: PaperDocument;
  /** As the path has it. */
  readonly suffix: string;
  /** The same document of another suffix, as a reference relative to this one. */
  readonly referenceTo: (suffix: string) => string;
  readonly origin: string;
};

/** A paper's bundle, its state, or its description. */
export async function answerDocument(
  { database, read, gone, states, document, suffix: given, referenceTo, origin }: DocumentRequest,
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
  const [pithNumber, ...others] = await read(() => findNumbers(database, suffix));
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
  const head = await read(() => readHead(database, pithNumber));
  if (head === null) return notFound(request, response, "This mirror holds no such paper.");
  const { "if-none-match": named } = request.headers;
  if (named !== undefined) {
    // A client that has it already costs no merge.
    const isThere = document !== "bundle" || head.record !== null;
    const isWanted = wanted === null || wanted === head.sha256;
    if (isThere && isWanted && isNamedBy(stateTag(head.sha256, true), named)) {
      return sendUnchanged(request, response, { tag: tagOf(head.sha256), cacheControl });
    }
  }
  const built = await buildPaperDocument(states, {
    document,
    pithNumber,
    head,
    reader: "mirror",
    signal: gone,
    readLog: async () => {
      const paperId = paperIdOf(pithNumber);
      return (await read(() => readLogTexts(database.db, [paperId]))).get(paperId);
    },
  });
  if (response.destroyed) return;
  const { sha256 } = built;
  if (wanted !== null && wanted !== sha256) {
    return notFound(
      request,
      response,
      `The state of ${pithNumber} is now ${sha256}; older ones are not kept.`,
    );
  }
  const text = document === "description" ? descriptionOf(pithNumber, built, origin) : built.text;
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
