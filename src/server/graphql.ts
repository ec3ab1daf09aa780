import type { IncomingMessage, RequestListener } from "node:http";
import { renderGraphiQL } from "@graphql-yoga/render-graphiql";
import { createYoga } from "graphql-yoga";
import { type ChangeFollower, prepareContext, type Submit } from "../api/context.ts";
import { schema } from "../api/schema.ts";
import type { GraphService } from "../graph/index.ts";
import type { Database } from "../store/database.ts";
import { defaultQuery } from "./default-query.ts";
import { type StreamTimes, useEventStream } from "./live/index.ts";
import { createMaskError, type LogError } from "./mask-error.ts";
import { useDepthLimit } from "./plugins/depth-limit.ts";
import { useExactJson } from "./plugins/exact-json.ts";
import { useTokenLimit } from "./plugins/token-limit.ts";

export const graphqlPath = "/graphql";

export type GraphqlOptions = {
  readonly database: Database;
  readonly graph: GraphService;
  readonly logError: LogError;
  /** Bytes. */
  readonly maximumBodySize: number;
  /** Submits for who made a request, told by its Authorization header. */
  readonly submitFor: (authorization: string | null) => Submit;
  /** Lets a client of this address follow the changes of papers. */
  readonly follow: (address: string) => ChangeFollower;
  readonly streamTimes?: StreamTimes | undefined;
};

/** GraphQL over HTTP, and GraphiQL where a browser asks for the page. */
export function createGraphqlHandler(options: GraphqlOptions): {
  handle: RequestListener;
  close: () => Promise<void>;
} {
  const createContext = prepareContext(options.database, options.graph);
  const yoga = createYoga<{ req?: IncomingMessage }>({
    schema,
    context: ({ request, req }) =>
      createContext({
        submit: options.submitFor(request.headers.get("authorization")),
        follow: () => options.follow(req?.socket.remoteAddress ?? ""),
        resumeAfter: request.headers.get("last-event-id"),
        signal: request.signal,
      }),
    graphqlEndpoint: graphqlPath,
    graphiql: { title: "pith-graph", defaultQuery },
    // GraphiQL from the package, not from another host: works offline, and nobody else is told who reads here.
    renderGraphiQL,
    landingPage: false,
    logging: false,
    batching: false,
    multipart: false,
    maxRequestBodySize: options.maximumBodySize,
    // Every page may read; browsers send no cookies or other credentials along, and none are used.
    cors: { origin: "*", credentials: false, methods: ["GET", "POST", "OPTIONS"] },
    maskedErrors: { maskError: createMaskError(options.logError) },
    plugins: [useTokenLimit(), useDepthLimit(), useExactJson(), useEventStream(options.streamTimes)],
  });
  return { handle: yoga, close: async () => yoga.dispose() };
}
