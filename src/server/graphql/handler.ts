import { createHash } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { OperationTypeNode } from "graphql";
import { isAsyncIterable } from "graphql-yoga";
import type { Context } from "../../api/index.ts";
import { isTurnOver, waitForTurn } from "../../runtime/index.ts";
import {
  type AcceptedTypes,
  acceptedTypes,
  acceptsHtml,
  BodyError,
  corsHeaders,
  csrfRefusal,
  isUtf8Address,
  type JsonType,
  matchesIfNoneMatch,
  openCors,
  preflightHeaders,
  type Route,
  readBodyText,
  sendError,
  weakTag,
} from "../http/index.ts";

import { malformedPosition, positionHeaders, requestedPosition } from "../read-routing.ts";
import { parametersOfBody, parametersOfQuery } from "./parameters.ts";
import { createPipeline, type PipelineOptions } from "./pipeline.ts";
import {
  defaultStreamTimes,
  eventsOf,
  headOf,
  isUnavailable,
  type StreamTimes,
  sendStream,
  streamHeaders,
  textOf,
  unavailableEvent,
} from "./responses.ts";
import { defaultResponseCacheSize, type GraphqlSettings } from "./settings.ts";
import { type GivenParameters, namedDocument, noDocuments } from "./trusted-documents.ts";

type GraphqlOptions = Omit<PipelineOptions, "introspection" | "documents" | "responseCacheSize"> & {
  /** In bytes. */
  readonly maximumBodySize: number;
  readonly streamTimes?: StreamTimes | undefined;
  readonly settings?: GraphqlSettings;
  /** Sends GraphiQL's page. */
  readonly graphiql: Route["handle"];
};

type Headers = Record<string, string>;

/** In characters. Longer answers are sent in a turn of the event loop of their own: they are encoded first. */
const largeAnswer = 256 * 1024;

/** GraphQL over HTTP: JSON, event streams, and GraphiQL for browsers that request a page. */
export function createGraphqlHandler(options: GraphqlOptions): {
  handle: RequestListener;
  close: () => Promise<void>;
} {
  const { reads, maximumBodySize, streamTimes = defaultStreamTimes, settings = {} } = options;
  const {
    introspection = true,
    graphiql: hasGraphiql = true,
    cors = openCors,
    documents = { documents: noDocuments, only: false },
    responseCacheSize = defaultResponseCacheSize,
  } = settings;
  const pipeline = createPipeline({ ...options, introspection, documents, responseCacheSize });

  const refuse = (request: IncomingMessage, response: ServerResponse, error: BodyError) =>
    sendError(request, response, error.status, {
      code: error.code,
      message: error.message,
      headers: { ...corsHeaders(cors, request), ...(error.status === 413 ? { connection: "close" } : {}) },
    });

  /** The parameters of a request; null if its client is gone. Throws BodyError. */
  const readParameters = async (request: IncomingMessage): Promise<GivenParameters | null> => {
    const { method, url = "", headers } = request;
    if (method === "GET") {
      if (!isUtf8Address(url)) throw wrong("The URL has percent-encoded bytes that are not valid UTF-8.");
      const given = parametersOfQuery(url);
      if (given === null) throw wrong("`variables` and `extensions` of an address must be JSON.");
      return given;
    }
    const text = await readBodyText(request, maximumBodySize);
    if (text === null) return null;
    const [type = ""] = (headers["content-type"] ?? "").toLowerCase().split(";", 1);
    if (type.trim() === "application/graphql") return { query: text };
    if (!jsonBodies.includes(type.trim()))
      throw new BodyError(415, "BAD_USER_INPUT", "Send JSON, as application/json.");
    const given = parametersOfBody(text);
    if (given === "no JSON") throw wrong("The body of a POST request must be valid JSON.");
    if (given === null)
      throw wrong("The body of a POST request must be one object. Batches are not supported.");
    return given;
  };

  /** The entity tag of answers that shared caches may store: those to trusted documents without credentials. */
  const tagOf = async (
    { method, headers }: IncomingMessage,
    given: GivenParameters,
    version: { read(): Promise<string> },
    type: JsonType,
  ): Promise<string | null> => {
    if (method !== "GET" || headers.authorization !== undefined) return null;
    const kinds = namedDocument(given, documents.documents)?.kinds;
    if (kinds?.size !== 1 || !kinds.has(OperationTypeNode.QUERY)) return null;
    // Without a version there is no tag; if the database is down, the statements report it.
    const now = await version.read().catch(() => null);
    if (now === null) return null;
    return weakTag(createHash("sha256").update(`${type} ${now}`).digest("base64url").slice(0, 22));
  };

  const answer = async (
    request: IncomingMessage,
    response: ServerResponse,
    given: GivenParameters,
    { json, events }: AcceptedTypes,
  ): Promise<void> => {
    const prepared = await reads.choose(request);
    const tag = json === null ? null : await tagOf(request, given, prepared.version, json);
    const headers: Headers = corsHeaders(cors, request);
    if (tag !== null)
      headers["vary"] = headers["vary"] === undefined ? "Accept" : `${headers["vary"]}, Accept`;
    const caching = tag === null ? {} : { etag: tag, "cache-control": "public, no-cache" };
    if (tag !== null && matchesIfNoneMatch(tag, request.headers["if-none-match"])) {
      response.writeHead(304, { ...headers, ...caching });
      response.end();
      return;
    }
    const outcome = await pipeline.run({ request, response, prepared, acceptsEvents: events }, given);
    const { result, kind, context } = outcome;
    Object.assign(headers, positionHeaders(await reads.positionAfter(request, prepared, context)));
    if (isAsyncIterable(result)) {
      response.writeHead(200, { ...streamHeaders, ...headers });
      return sendStream(response, { results: result, live: (context as Context).live, times: streamTimes });
    }
    const text = outcome.text ?? textOf(result);
    const isToComeAgain = kind === OperationTypeNode.SUBSCRIPTION && events && isUnavailable(result);
    if (json === null || isToComeAgain) {
      const head = isToComeAgain ? { status: 200, headers: {} } : headOf(result, "text/event-stream");
      response.writeHead(head.status, { ...head.headers, ...streamHeaders, ...headers });
      response.end(isToComeAgain ? unavailableEvent(result) : eventsOf(text));
      return;
    }
    const isLarge = text.length > largeAnswer;
    if (isLarge && isTurnOver()) await waitForTurn(request);
    if (response.destroyed) return;
    const body = isLarge ? Buffer.from(text) : text;
    const head = headOf(result, json);
    const isCurrent = result.errors === undefined && (context.graph?.isCurrent ?? true);
    response.writeHead(head.status, {
      "content-type": `${json}; charset=utf-8`,
      ...head.headers,
      ...headers,
      ...(isCurrent ? caching : {}),
      "content-length": Buffer.byteLength(body),
    });
    response.end(body);
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method, headers } = request;
    if (method === "OPTIONS") {
      response.writeHead(204, preflightHeaders(cors, request));
      response.end();
      return;
    }
    try {
      const refusal = csrfRefusal(request);
      if (refusal !== null) throw new BodyError(refusal.status, "BAD_USER_INPUT", refusal.message);
      if (requestedPosition(request) === undefined) throw wrong(malformedPosition);
      if (method === "GET" && hasGraphiql && acceptsHtml(headers.accept)) {
        await options.graphiql(request, response, []);
        return;
      }
      const given = await readParameters(request);
      if (given === null) return;
      const accepted = acceptedTypes(headers.accept);
      if (accepted.json === null && !accepted.events)
        throw new BodyError(406, "BAD_USER_INPUT", notAcceptable);
      await answer(request, response, given, accepted);
    } catch (error) {
      if (!(error instanceof BodyError)) throw error;
      refuse(request, response, error);
    }
  };
  return { handle, close: () => pipeline.close() };
}

const jsonBodies: readonly string[] = ["application/json", "application/graphql+json"];

const notAcceptable =
  "Responses are application/graphql-response+json, application/json or text/event-stream, in UTF-8.";

function wrong(message: string): BodyError {
  return new BodyError(400, "BAD_USER_INPUT", message);
}
