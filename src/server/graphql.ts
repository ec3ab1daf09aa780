import type { RequestListener } from "node:http";
import { renderGraphiQL } from "@graphql-yoga/render-graphiql";
import { createYoga } from "graphql-yoga";
import { prepareContext, type Submit } from "../api/context.ts";
import type { QueryLimits } from "../api/limits/query-limits.ts";
import { schema } from "../api/schema.ts";
import type { GraphService } from "../graph/index.ts";
import type { Database } from "../store/database.ts";
import { defaultQuery } from "./default-query.ts";
import { createMaskError, type LogError } from "./mask-error.ts";
import { useExactJson } from "./plugins/exact-json.ts";
import { queryLimitPlugins } from "./plugins/query-limits.ts";

export const graphqlPath = "/graphql";

export type GraphqlOptions = {
  readonly database: Database;
  readonly graph: GraphService;
  readonly logError: LogError;
  /** Bytes. */
  readonly maximumBodySize: number;
  readonly limits: QueryLimits;
  /** Submits for who made a request, told by its Authorization header. */
  readonly submitFor: (authorization: string | null) => Submit;
};

/** GraphQL over HTTP, and GraphiQL where a browser asks for the page. */
export function createGraphqlHandler(options: GraphqlOptions): {
  handle: RequestListener;
  close: () => Promise<void>;
} {
  const createContext = prepareContext(options.database, options.graph);
  const yoga = createYoga({
    schema,
    context: ({ request }) =>
      createContext({
        submit: options.submitFor(request.headers.get("authorization")),
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
    plugins: [...queryLimitPlugins(options.limits), useExactJson()],
  });
  return { handle: yoga, close: async () => yoga.dispose() };
}
