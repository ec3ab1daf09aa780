import type { IncomingMessage, RequestListener } from "node:http";
import { createYoga } from "graphql-yoga";
import { type ChangeFollower, type Context, createContext, type Submit } from "../api/context.ts";
import type { QueryLimits } from "../api/limits/query-limits.ts";
import { schema } from "../api/schema.ts";
import type { Keyring } from "../protocol/index.ts";
import { documentCaches } from "./cache/document-caches.ts";
import { noDocuments } from "./documents/trusted-documents.ts";
import { type CorsSettings, openCors } from "./http/cors.ts";
import type { ServerContext } from "./http/fast-path.ts";
import { createHttpHandler } from "./http/handler.ts";
import { useInstrumentedOperations } from "./instrument.ts";
import { type StreamTimes, useEventStream } from "./live/index.ts";
import { createMaskError, type LogError } from "./mask-error.ts";
import { useExactJson } from "./plugins/exact-json.ts";
import { useExecuteToText } from "./plugins/execute-to-text.ts";
import { useNoIntrospection, withoutSuggestion } from "./plugins/no-introspection.ts";
import { useOptionalOperationName } from "./plugins/optional-operation-name.ts";
import { usePositionHeader } from "./plugins/position-header.ts";
import { queryLimitPlugins } from "./plugins/query-limits.ts";
import { useQueryPlaces } from "./plugins/query-places.ts";
import { useResponseCache } from "./plugins/response-cache.ts";
import { type DocumentSettings, useTrustedDocuments } from "./plugins/trusted-documents.ts";
import { useUnavailableStatus } from "./plugins/unavailable-status.ts";
import type { RequestReads } from "./reads/index.ts";

export const graphqlPath = "/graphql";

/** What of GraphQL is open, and to whom. All of it has a default. */
export type GraphqlSettings = {
  /** Whether the schema may be asked for; true unless told. */
  readonly introspection?: boolean;
  /** Whether browsers are shown GraphiQL; true unless told. */
  readonly graphiql?: boolean;
  readonly cors?: CorsSettings;
  readonly documents?: DocumentSettings;
  /** Characters of answers that are kept in memory; 32 million unless told, 0 for none. */
  readonly responseCacheSize?: number;
  /** Characters of rows that are kept in memory; 64 million unless told, 0 for none. */
  readonly rowCacheSize?: number;
  /** Whether plain JSON requests skip graphql-yoga's HTTP layer; true unless told. */
  readonly fastPath?: boolean;
};

export type GraphqlOptions = {
  readonly reads: RequestReads;
  readonly logError: LogError;
  /** Bytes. */
  readonly maximumBodySize: number;
  readonly limits: QueryLimits;
  /** Submits for who made a request, told by its Authorization header. */
  readonly submitFor: (authorization: string | null) => Submit;
  /** Whom a request counts for where clients share something. */
  readonly clientOf: (request: IncomingMessage) => string;
  /** Lets the client of a request follow the changes of papers. */
  readonly follow: (request: IncomingMessage) => ChangeFollower;
  readonly streamTimes?: StreamTimes | undefined;
  /** The keys that this process trusts; the registry's alone unless given. */
  readonly keyring?: Keyring | undefined;
  readonly settings?: GraphqlSettings;
};

export const defaultResponseCacheSize = 32_000_000;
export const defaultRowCacheSize = 64_000_000;

/** GraphQL over HTTP, and GraphiQL where a browser asks for the page. */
export function createGraphqlHandler(options: GraphqlOptions): {
  handle: RequestListener;
  close: () => Promise<void>;
} {
  const { reads, settings = {} } = options;
  const {
    introspection = true,
    graphiql = true,
    cors = openCors,
    documents = { documents: noDocuments, only: false },
    responseCacheSize = defaultResponseCacheSize,
    fastPath = true,
  } = settings;
  const mask = createMaskError(options.logError);
  const maskError = introspection ? mask : (error: unknown) => withoutSuggestion(mask(error));
  const yoga = createYoga<ServerContext, Context>({
    schema,
    context: ({ request, req, prepared = reads.primary }) =>
      createContext(prepared.reads, reads.primary.reads, {
        submit: options.submitFor(request.headers.get("authorization")),
        // graphql-yoga passes Node's request on in the server context.
        follow: () => options.follow(req as IncomingMessage),
        keyring: options.keyring,
        resumeAfter: request.headers.get("last-event-id"),
        signal: request.signal,
        answerBytes: options.limits.answerBytes,
        client: options.clientOf(req as IncomingMessage),
      }),
    graphqlEndpoint: graphqlPath,
    // Its page and scripts are served by graphiql/, from memory that all clients share.
    graphiql: false,
    landingPage: false,
    logging: false,
    batching: false,
    multipart: false,
    extraParamNames: ["documentId"],
    // Both are done before graphql-yoga hears of a request: see http/handler.ts.
    cors: false,
    maxRequestBodySize: false,
    parserAndValidationCache: documentCaches(),
    maskedErrors: { maskError },
    plugins: [
      useOptionalOperationName(),
      useTrustedDocuments(documents),
      ...(responseCacheSize > 0 ? [useResponseCache(responseCacheSize)] : []),
      ...(introspection ? [] : [useNoIntrospection()]),
      useExecuteToText(),
      useQueryPlaces(),
      ...queryLimitPlugins(options.limits),
      useExactJson(),
      useEventStream(options.streamTimes),
      useInstrumentedOperations(),
      usePositionHeader(reads),
      useUnavailableStatus(),
    ],
  });
  const handle = createHttpHandler({
    yoga,
    maskError,
    maximumBodySize: options.maximumBodySize,
    cors,
    documents: documents.documents,
    reads,
    graphiql,
    fastPath,
  });
  const close = async () => {
    await yoga.dispose();
  };
  return { handle, close };
}
