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
import {
  ApiError,
  type ChangeFollower,
  type Context,
  createContext,
  executeToText,
  type QueryLimits,
  type Submit,
  schema,
} from "../../api/index.ts";
import type { Keyring } from "../../protocol/index.ts";
import type { GraphqlOperation } from "../../runtime/index.ts";
import { instrumentOperation } from "../instrument.ts";
import type { PreparedServer, ReadRouter } from "../read-routing.ts";
import { limitPlugins, useConcurrencyLimit } from "./limits.ts";
import { createMaskError, type LogError } from "./mask-error.ts";
import { checkedParameters, type Parameters } from "./parameters.ts";
import { type Results, textOf } from "./responses.ts";
import { type DocumentSettings, type GivenParameters, withDocument } from "./trusted-documents.ts";

export type PipelineOptions = {
  readonly reads: ReadRouter;
  readonly logError: LogError;
  readonly limits: QueryLimits;
  /** Submits for the client of a request, identified by its Authorization header. */
  readonly submitFor: (authorization: string | null) => Submit;
  /** The key that a request counts under if clients share a resource. */
  readonly clientOf: (request: IncomingMessage) => string;
  /** Lets the client of a request follow the changes of papers. */
  readonly follow: (request: IncomingMessage) => ChangeFollower;
  /** The keys that this process trusts. Defaults to the registry's key alone. */
  readonly keyring?: Keyring | undefined;
  readonly introspection: boolean;
  readonly documents: DocumentSettings;
  /** In characters. */
  readonly responseCacheSize: number;
};

/** The request that an operation is executed for. */
type GraphqlCall = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The server that the request reads from. */
  readonly prepared: PreparedServer;
  /** Whether the client accepts a stream of events. */
  readonly acceptsEvents: boolean;
};

/** The outcome of a request. */
type GraphqlOutcome = {
  /** The result, or the results of a subscription that has begun. */
  readonly result: ExecutionResult | Results;
  /** The JSON text of the result, if it is already known. */
  readonly text?: string;
  /** Null if nothing was executed. */
  readonly kind: OperationTypeNode | null;
  /** The context at the end; empty if nothing was executed. */
  readonly context: Partial<Context>;
};

type Pipeline = {
  /** Never rejects because of the client's input or a resolver: then the result has errors. */
  run(call: GraphqlCall, given: GivenParameters): Promise<GraphqlOutcome>;
  close(): Promise<void>;
};

/**
 * Turns the parameters of a request into its result: graphql-yoga's plugins, parser, validation and execution, without
 * its HTTP layer, whose Fetch objects and streams cost several times as much as a query.
 */
export function createPipeline(options: PipelineOptions): Pipeline {
  const { introspection, documents, responseCacheSize } = options;
  const mask = createMaskError(options.logError);
  const maskError = introspection ? mask : (error: unknown) => withoutSuggestion(mask(error));
  const cache = responseCacheSize > 0 ? new ResponseCache(responseCacheSize) : null;
  const yoga = createYoga<{ readonly call: GraphqlCall }, Context>({
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
      useConcurrencyLimit(),
      ...limitPlugins(options.limits),
    ],
  });

  /** Throws errors of the request or of the service. */
  const execute = async (
    call: GraphqlCall,
    { query, operationName, variables }: Parameters,
    noted: GraphqlOperation,
  ): Promise<GraphqlOutcome> => {
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
      throw refused(406, "The response to a subscription is an event stream: accept text/event-stream.");
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

  const failed = (error: unknown): GraphqlOutcome => ({ ...nothing, result: { errors: [maskError(error)] } });

  const run = async (call: GraphqlCall, given: GivenParameters): Promise<GraphqlOutcome> => {
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
      // Some graph results are of an earlier version than the current one.
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

/** Characters of parsed and validated documents in the cache. A parsed document takes about 20 bytes a character. */
const maxDocuments = 1_000_000;
/** Characters of documents with syntax errors in the cache, each stored with its error. */
const maxParseErrors = 200_000;

/** A cache by document text, bounded by the length of all texts, so that many small documents fit. */
function cacheByText<Value extends object>(maxSize: number): LRUCache<string, Value> {
  return new LRUCache({
    maxSize,
    maxEntrySize: maxSize / 8,
    sizeCalculation: (_value, text) => text.length + 1,
  });
}

const noLookup: Lookup = {};
const nothing: GraphqlOutcome = { result: {}, kind: null, context: {} };

function errorsOf({ result }: GraphqlOutcome): readonly GraphQLError[] | undefined {
  return isAsyncIterable(result) ? undefined : result.errors;
}

function contextOf({ request, response, prepared }: GraphqlCall, options: PipelineOptions): Context {
  const { authorization, "last-event-id": lastEventId } = request.headers;
  const disconnected = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) disconnected.abort();
  });
  return createContext(prepared.reads, options.reads.primary.reads, {
    submit: options.submitFor(authorization ?? null),
    follow: () => options.follow(request),
    keyring: options.keyring,
    resumeAfter: lastEventId === undefined ? null : String(lastEventId),
    signal: disconnected.signal,
    answerBytes: options.limits.answerBytes,
    client: options.clientOf(request),
  });
}

/** Parses; a syntax error gets the status of a client error. */
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

/** Writes answers while they are executed: see `executeToText`. */
function useExecuteToText(): Plugin {
  return {
    onExecute({ setExecuteFn }) {
      setExecuteFn((args: ExecutionArgs) => executeToText(args));
    },
  };
}

/**
 * Hides the schema: rejects introspection, and removes suggested names from validation errors. For all other errors
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

/** The error without the names that graphql-js suggests for an unknown one. */
function withoutSuggestion<Given>(error: Given): Given | GraphQLError {
  if (!(error instanceof GraphQLError)) return error;
  const message = error.message.replace(/ Did you mean .*$/s, "");
  if (message === error.message) return error;
  const { nodes = null, source = null, positions = null, path = null, extensions } = error;
  return new GraphQLError(message, { nodes, source, positions, path, extensions });
}

/** An answer's text, and the data version that it was computed from. */
type Kept = { readonly version: string; readonly text: string };

/** The result of a lookup: a cached answer, or a way to cache the new one. */
type Lookup = {
  readonly text?: string;
  /** Stores the answer's text; absent if its data version is unknown. */
  readonly keep?: (text: string) => void;
};

/** Maximum age, in milliseconds, of the version for new answers. An older one only makes storing useless. */
const versionMilliseconds = 1000;

/**
 * Caches the answers of public queries as texts, and serves one again while the data version is still the one that it
 * was computed from. The version is checked after each request arrives: no answer is older than its request. Answers
 * are cached per server: versions of two servers cannot be compared.
 */
class ResponseCache {
  readonly #texts: LRUCache<string, Kept>;

  /** `maximumSize` is in characters. */
  constructor(maximumSize: number) {
    this.#texts = new LRUCache({
      maxSize: maximumSize,
      // A larger answer would evict too much else.
      maxEntrySize: Math.ceil(maximumSize / 8),
      sizeCalculation: ({ text }, key) => key.length + text.length,
    });
  }

  /** Looks up a request without credentials. */
  find({ version, server }: PreparedServer, parameters: Parameters): Lookup | Promise<Lookup> {
    const key = keyOf(server.name, parameters);
    if (key === null) return {};
    const kept = this.#texts.get(key);
    if (kept === undefined) {
      version.refresh(versionMilliseconds);
      return this.#place(key, version.last);
    }
    return version.read().then(
      (now): Lookup => {
        if (kept.version === now) return { text: kept.text };
        this.#texts.delete(key);
        return this.#place(key, now);
      },
      // The server is gone: its answers are no longer served, and the statements go to another server.
      (): Lookup => {
        this.#texts.delete(key);
        return {};
      },
    );
  }

  /** `version` was read before the operation began. */
  #place(key: string, version: string | null): Lookup {
    if (version === null) return {};
    return { keep: (text) => this.#texts.set(key, { version, text }) };
  }
}

/** Null if the variables are nested too deeply to be serialized: they are rejected later. */
function keyOf(server: string, { query, operationName = "", variables }: Parameters): string | null {
  try {
    return `${server}\n${operationName}\n${JSON.stringify(variables ?? null)}\n${query}`;
  } catch {
    return null;
  }
}
