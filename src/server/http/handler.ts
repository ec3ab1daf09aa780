import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { type GraphQLError, OperationTypeNode } from "graphql";
import type { ErrorCode } from "../../api/errors.ts";
import { isTurnOver, takeTurn } from "../../runtime/event-loop.ts";
import { askedDocument } from "../documents/asked-document.ts";
import type { TrustedDocuments } from "../documents/trusted-documents.ts";
import { answerGraphiql } from "../graphiql/index.ts";
import { isNamedBy } from "../mirror/conditional.ts";
import { carriedPosition, malformedPosition, positionHeaders, type RequestReads } from "../reads/index.ts";
import { sendError } from "../responses.ts";
import { acceptedJsonType, asksForPage } from "./accepted-type.ts";
import { cachingHeaders, entityTag } from "./conditional-answer.ts";
import { type CorsSettings, corsHeaders, preflightHeaders } from "./cors.ts";
import { crossSiteRefusal } from "./cross-site.ts";
import { type Asked, createFastPath, type Yoga } from "./fast-path.ts";
import { type Parameters, parametersOfBody, parametersOfQuery } from "./parameters.ts";
import { readBody } from "./read-body.ts";
import { ReplayedRequest } from "./replayed-request.ts";
import { addressRefusal, encodingRefusal } from "./text-encoding.ts";

export type HttpOptions = {
  readonly yoga: Yoga;
  readonly maskError: (error: unknown) => GraphQLError;
  /** Bytes. */
  readonly maximumBodySize: number;
  readonly cors: CorsSettings;
  readonly documents: TrustedDocuments;
  readonly reads: RequestReads;
  /** Whether browsers that ask for a page are shown GraphiQL. */
  readonly graphiql: boolean;
  /** Whether plain JSON requests go the short way; all go graphql-yoga's own where not. */
  readonly fastPath: boolean;
};

type Headers = Record<string, string>;

/** Longer answers, in characters, take a turn of the event loop of their own to be sent: they are encoded first. */
const largeAnswer = 256 * 1024;

/**
 * GraphQL over HTTP. Plain JSON by GET and POST is answered here; what is more (pages, streams of events, other types
 * of bodies) goes to graphql-yoga's own HTTP layer. Both run the same plugins. What holds for all requests is done
 * here first: who may ask from where, and how large a body may be.
 */
export function createHttpHandler(options: HttpOptions): RequestListener {
  const { yoga, cors, documents, reads, maximumBodySize } = options;
  const answer = createFastPath(yoga, options.maskError);

  const refuse = (
    request: IncomingMessage,
    response: ServerResponse,
    status: number,
    code: ErrorCode,
    message: string,
    headers: Headers = {},
  ) =>
    sendError(request, response, status, {
      code,
      message,
      headers: { ...corsHeaders(cors, request), ...headers },
    });

  const toYoga = async (request: IncomingMessage, response: ServerResponse, body?: Buffer): Promise<void> => {
    for (const [name, value] of Object.entries(corsHeaders(cors, request))) response.setHeader(name, value);
    const asked =
      body === undefined ? request : (new ReplayedRequest(request, body) as unknown as IncomingMessage);
    await yoga(asked, response, { prepared: await reads.choose(request) });
  };

  /** The answer, conditional where any cache on the way may keep it. */
  const sendAnswer = async (given: Omit<Asked, "prepared">): Promise<void> => {
    const { request, response, type } = given;
    const prepared = await reads.choose(request);
    const isKept = request.method === "GET" && isTrustedQuery(given.parameters, documents);
    const mayBeKept = isKept && request.headers.authorization === undefined;
    // Without a version nothing is said of it; the statements tell what is wrong, if it is.
    const version = mayBeKept ? await prepared.version.read().catch(() => null) : null;
    const tag = version === null ? null : entityTag(version, type);
    const headers: Headers = corsHeaders(cors, request);
    if (tag !== null)
      headers["vary"] = headers["vary"] === undefined ? "Accept" : `${headers["vary"]}, Accept`;
    if (tag !== null && isNamedBy(tag, request.headers["if-none-match"])) {
      response.writeHead(304, { ...headers, ...cachingHeaders(tag) });
      response.end();
      return;
    }
    const { made, isCurrent, context } = await answer({ ...given, prepared });
    const position = await reads.positionAfter(request, prepared, context);
    const isLarge = made.body.length > largeAnswer;
    if (isLarge && isTurnOver()) await takeTurn(request);
    if (response.destroyed) return;
    const body = isLarge ? Buffer.from(made.body) : made.body;
    response.writeHead(made.status, {
      ...made.headers,
      ...headers,
      ...positionHeaders(position),
      ...(tag !== null && isCurrent ? cachingHeaders(tag) : {}),
      "content-length": Buffer.byteLength(body),
    });
    response.end(body);
  };

  const handleGet = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { accept } = request.headers;
    if (asksForPage(accept)) {
      return options.graphiql ? answerGraphiql(request, response) : toYoga(request, response);
    }
    const malformed = addressRefusal(request.url ?? "");
    if (malformed !== null) {
      return refuse(request, response, malformed.status, "BAD_USER_INPUT", malformed.message);
    }
    const parameters = parametersOfQuery(request.url ?? "");
    if (parameters === null) {
      const message = "`variables` and `extensions` of an address must be JSON.";
      return refuse(request, response, 400, "BAD_USER_INPUT", message);
    }
    const type = acceptedJsonType(accept);
    if (type === null || !options.fastPath || mayStream(parameters, documents))
      return toYoga(request, response);
    return sendAnswer({ request, response, parameters, type });
  };

  const handlePost = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request, maximumBodySize);
    if (body === "gone") return;
    if (body === "too large") {
      const message = `A request may have ${maximumBodySize} bytes at most.`;
      return refuse(request, response, 413, "TOO_LARGE", message, { connection: "close" });
    }
    const malformed = encodingRefusal(request, body);
    if (malformed !== null) {
      return refuse(request, response, malformed.status, "BAD_USER_INPUT", malformed.message);
    }
    const type = acceptedJsonType(request.headers.accept);
    const parameters = isJson(request) ? parametersOfBody(body) : null;
    if (parameters === "no JSON") {
      return refuse(
        request,
        response,
        400,
        "BAD_USER_INPUT",
        "The body of a POST must be JSON; this is none.",
      );
    }
    if (type === null || parameters === null || !options.fastPath || mayStream(parameters, documents)) {
      return toYoga(request, response, body);
    }
    return sendAnswer({ request, response, parameters, type });
  };

  return async (request, response) => {
    if (request.method === "OPTIONS") {
      response.writeHead(204, preflightHeaders(cors, request));
      response.end();
      return;
    }
    const refusal = crossSiteRefusal(request);
    if (refusal !== null) return refuse(request, response, refusal.status, "BAD_USER_INPUT", refusal.message);
    if (carriedPosition(request) === undefined) {
      return refuse(request, response, 400, "BAD_USER_INPUT", malformedPosition);
    }
    await (request.method === "GET" ? handleGet(request, response) : handlePost(request, response));
  };
}

function isJson({ headers }: IncomingMessage): boolean {
  return (
    /^application\/json(?:;\s*charset=utf-?8)?$/i.test(headers["content-type"] ?? "") &&
    headers["content-encoding"] === undefined
  );
}

/** Whether the answer may be a stream of events: a query that only has the word in it takes the longer way. */
function mayStream(parameters: Parameters, documents: TrustedDocuments): boolean {
  const hash = askedDocument(parameters);
  if (hash !== null) return documents.get(hash)?.kinds.has(OperationTypeNode.SUBSCRIPTION) ?? false;
  return typeof parameters.query === "string" && parameters.query.includes("subscription");
}

function isTrustedQuery(parameters: Parameters, documents: TrustedDocuments): boolean {
  const hash = askedDocument(parameters);
  const kinds = hash === null ? undefined : documents.get(hash)?.kinds;
  return kinds?.size === 1 && kinds.has(OperationTypeNode.QUERY);
}
