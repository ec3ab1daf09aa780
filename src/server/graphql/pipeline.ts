import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  getOperationAST,
  NoSchemaIntrospectionCustomRule,
  OperationTypeNode,
} from "graphql";
import { createYoga, isAsyncIterable, mapAsyncIterator, type Plugin } from "graphql-yoga";
import { LRUCache } from "lru-cache";
import { type ChangeFollower, type Context, createContext, type Submit } from "../../api/context.ts";
import { ApiError } from "../../api/errors.ts";
import { executeToText } from "../../api/execution/execute-to-text.ts";
import type { QueryLimits } from "../../api/limits/limits.ts";
import { schema } from "../../api/schema.ts";
import type { Keyring } from "../../protocol/index.ts";
import type { GraphqlOperation } from "../../runtime/channels.ts";
import { instrumentOperation } from "../instrument.ts";
import { createMaskError, type LogError } from "../mask-error.ts";
import type { PreparedServer, RequestReads } from "../request-reads.ts";
import { textOf } from "./answer.ts";
import type { Results } from "./event-stream.ts";
import { limitPlugins } from "./limits.ts";
import { checkedParameters, type GivenParameters, type Parameters } from "./parameters.ts";
import { useQueryPlaces } from "./query-places.ts";
import { type Lookup, ResponseCache } from "./response-cache.ts";
import { type DocumentSettings, withDocument } from "./trusted-documents.ts";

export type PipelineOptions = {
  readonly reads: RequestReads;
  readonly logError: LogError;
  readonly limits: QueryLimits;
  /** Submits for whoever made a request, as its Authorization header names them. */
  readonly submitFor: (authorization: string | null) => Submit;
  /** Whom a request counts for where clients share something. */
  readonly clientOf: (request: IncomingMessage) => string;
  /** Lets the client of a request follow the changes of papers. */
  readonly follow: (request: IncomingMessage) => ChangeFollower;
  /** The keys that this process trusts; the registry's alone unless given. */
  readonly keyring?: Keyring | undefined;
  readonly introspection: boolean;
  readonly documents: DocumentSettings;
  /** Characters. */
  readonly responseCacheSize: number;
};

/** What an operation is executed for. */
export type Call = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What the request is read from. */
  readonly prepared: PreparedServer;
  /** Whether the client accepts a stream of events. */
  readonly acceptsEvents: boolean;
};

/** What came of a request. */
export type Outcome = {
  /** Of a subscription that has begun: its results. */
  readonly result: ExecutionResult | Results;
  /** The JSON text of the result, where it is known already. */
  readonly text?: string;
  /** Null where nothing was executed. */
  readonly kind: OperationTypeNode | null;
  /** As it was at the end; empty where nothing was executed. */
  readonly context: Partial<Context>;
};

type Pipeline = {
  /** Never rejects for what a client sends or a resolver does: then the result has errors. */
  run(call: Call, given: GivenParameters): Promise<Outcome>;
  close(): Promise<void>;
};

/**
 * From the parameters of a request to its result: graphql-yoga's plugins, parser, validation and execution, without its
 * HTTP layer, whose Fetch objects and streams cost several times what a query does.
 */
export function createPipeline(options: PipelineOptions): Pipeline {
  const { introspection, documents, responseCacheSize } = options;
  const mask = createMaskError(options.logError);
  const maskError = introspection ? mask : (error: unknown) => withoutSuggestion(mask(error));
  const cache = responseCacheSize > 0 ? new ResponseCache(responseCacheSize) : null;
  const yoga = createYoga<{ readonly call: Call }, Context>({
    schema,
    context: ({ call }) => contextOf(call, options),
    graphiql: false,
    landingPage: false,
    logging: false,
    batching: false,
    multipart: false,
    cors: false,
    maxRequestBodySize: false,
    parserAndValidationCache: {
      documentCache: cacheByText<DocumentNode>(maxDocuments),
      errorCache: cacheByText<object>(maxParseErrors),
    },
    maskedErrors: { maskError },
    plugins: [
      ...(introspection ? [] : [useNoIntrospection()]),
      useExecuteToText(),
      useQueryPlaces(),
      ...limitPlugins(options.limits),
    ],
  });

  /** Throws what is wrong with the request, or with the service. */
  const execute = async (
    call: Call,
    { query, operationName, variables }: Parameters,
    noted: GraphqlOperation,
  ): Promise<Outcome> => {
    const enveloped = yoga.getEnveloped({ call });
    const document = parsed(() => enveloped.parse(query));
    const operation = getOperationAST(document, operationName);
    if (!operation) throw refused(400, "Could not determine what operation to execute.");
    const kind = operation.operation;
    if (kind === OperationTypeNode.MUTATION && call.request.method === "GET") {
      throw refused(405, "Can only perform a mutation operation from a POST request.", { allow: "POST" });
    }
    const errors: readonly GraphQLError[] = enveloped.validate(enveloped.schema, document);
    if (errors.length > 0) return { result: { errors }, kind: null, context: {} };
    noted.kind = kind;
    noted.name = operation.name?.value ?? null;
    if (kind === OperationTypeNode.SUBSCRIPTION && !call.acceptsEvents) {
      throw refused(406, "A subscription is answered with a stream of events: accept text/event-stream.");
    }
    const context = (await enveloped.contextFactory()) as Context;
    const run = kind === OperationTypeNode.SUBSCRIPTION ? enveloped.subscribe : enveloped.execute;
    const result: ExecutionResult | Results = await run({
      schema: enveloped.schema,
      document,
      contextValue: context,
      variableValues: variables,
      operationName,
    });
    if (!isAsyncIterable(result)) return { result, kind, context };
    const ended = (error: unknown): ExecutionResult => ({ errors: [maskError(error)] });
    return { result: mapAsyncIterator(result, (value: ExecutionResult) => value, ended), kind, context };
  };

  const failed = (error: unknown): Outcome => ({ ...nothing, result: { errors: [maskError(error)] } });

  const run = async (call: Call, given: GivenParameters): Promise<Outcome> => {
    try {
      const parameters = checkedParameters(withDocument(given, documents));
      const isAnybodys = call.request.headers.authorization === undefined;
      const { text, keep } =
        cache !== null && isAnybodys ? await cache.find(call.prepared, parameters) : noLookup;
      if (text !== undefined) return { ...nothing, text };
      const outcome = await instrumentOperation(
        (noted) => execute(call, parameters, noted).catch(failed),
        errorsOf,
      );
      const { result, kind, context } = outcome;
      if (keep === undefined || kind !== OperationTypeNode.QUERY || isAsyncIterable(result)) return outcome;
      // Some answers of the graph are of an earlier version than the one in use.
      if (result.errors !== undefined || context.graph?.isCurrent !== true) return outcome;
      const made = textOf(result);
      keep(made);
      return { ...outcome, text: made };
    } catch (error) {
      return failed(error);
    }
  };

  return {
    run,
    close: async () => {
      await yoga.dispose();
    },
  };
}

/** Characters of documents that are kept parsed and valid. A parsed one takes some twenty bytes for each character. */
const maxDocuments = 1_000_000;
/** Characters of documents that could not be parsed, each kept with its error. */
const maxParseErrors = 200_000;

/** Values by the text of a document, bounded by the length of all texts: small documents are many. */
function cacheByText<Value extends object>(maxSize: number): LRUCache<string, Value> {
  return new LRUCache({
    maxSize,
    maxEntrySize: maxSize / 8,
    sizeCalculation: (_value, text) => text.length + 1,
  });
}

const noLookup: Lookup = {};
const nothing: Outcome = { result: {}, kind: null, context: {} };

function errorsOf({ result }: Outcome): readonly GraphQLError[] | undefined {
  return isAsyncIterable(result) ? undefined : result.errors;
}

function contextOf({ request, response, prepared }: Call, options: PipelineOptions): Context {
  const { authorization, "last-event-id": lastEventId } = request.headers;
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  return createContext(prepared.reads, options.reads.primary.reads, {
    submit: options.submitFor(authorization ?? null),
    follow: () => options.follow(request),
    keyring: options.keyring,
    resumeAfter: lastEventId === undefined ? null : String(lastEventId),
    signal: gone.signal,
    answerBytes: options.limits.answerBytes,
    client: options.clientOf(request),
  });
}

/** Parses; a fault of the document has the status of one. */
function parsed(parse: () => DocumentNode): DocumentNode {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const { extensions } = error;
    extensions["code"] ??= "GRAPHQL_PARSE_FAILED";
    extensions["http"] = { status: 400, spec: true, ...(extensions["http"] as object | undefined) };
    throw error;
  }
}

function refused(status: number, message: string, headers: Record<string, string> = {}): ApiError {
  return new ApiError("BAD_USER_INPUT", message, { http: { status, headers } });
}

/** Writes answers as they are executed: see `executeToText`. */
function useExecuteToText(): Plugin {
  return {
    onExecute({ setExecuteFn }) {
      setExecuteFn((args: ExecutionArgs) => executeToText(args));
    },
  };
}

/**
 * Keeps the schema to itself: refuses introspection, and errors of validation suggest no names. For all other errors
 * `withoutSuggestion` is part of masking.
 */
function useNoIntrospection(): Plugin {
  return {
    onValidate({ addValidationRule }) {
      addValidationRule(NoSchemaIntrospectionCustomRule);
      return ({ result, setResult }) => setResult(result.map(withoutSuggestion));
    },
  };
}

/** The error without the names that graphql-js suggests in place of one that is not there. */
function withoutSuggestion<Given>(error: Given): Given | GraphQLError {
  if (!(error instanceof GraphQLError)) return error;
  const message = error.message.replace(/ Did you mean .*$/s, "");
  if (message === error.message) return error;
  const { nodes = null, source = null, positions = null, path = null, extensions } = error;
  return new GraphQLError(message, { nodes, source, positions, path, extensions });
}
