import type { IncomingMessage, ServerResponse } from "node:http";
import type { GraphQLError } from "graphql";
import { type FetchAPI, isAsyncIterable, processRegularResult, type YogaServerInstance } from "graphql-yoga";
import type { Context } from "../../api/context.ts";
import type { PreparedServer } from "../reads/index.ts";
import type { JsonType } from "./accepted-type.ts";
import type { Parameters } from "./parameters.ts";
import { plainRequest } from "./plain-request.ts";

/** The part of an answer that graphql-yoga makes. */
type Made = { readonly body: string; readonly status: number; readonly headers: Record<string, string> };

/** Takes the place of a Fetch `Response`, of which only these are read. */
class PlainResponse implements Made {
  readonly body: string;
  readonly status: number;
  readonly headers: Record<string, string>;

  constructor(body: string, { status, headers }: { status: number; headers: Record<string, string> }) {
    this.body = body;
    this.status = status;
    this.headers = headers;
  }
}

const plainFetch = { Response: PlainResponse } as unknown as FetchAPI;

/** What the plugins may find in their server context. */
export type ServerContext = {
  readonly req?: IncomingMessage;
  readonly res?: ServerResponse;
  /** What the request is read from. */
  readonly prepared?: PreparedServer;
};

export type Yoga = YogaServerInstance<ServerContext, Context>;

type Result = Awaited<ReturnType<Yoga["getResultForParams"]>>;

/** What runs of an answer beside its parameters. */
export type Asked = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly parameters: Parameters;
  readonly type: JsonType;
  readonly prepared: PreparedServer;
};

export type Answer = {
  readonly made: Made;
  /** Whether it is without errors, and of the data as it is now. */
  readonly isCurrent: boolean;
  /** As it was at the end; empty where the answer was kept. */
  readonly context: Partial<Context>;
};

/**
 * Answers a query or mutation in graphql-yoga's own pipeline (all plugins' hooks, from the parameters to the result),
 * without its HTTP layer, whose Fetch objects and streams cost several times what a query does.
 */
export function createFastPath(
  yoga: Yoga,
  maskError: (error: unknown) => GraphQLError,
): (asked: Asked) => Promise<Answer> {
  return async ({ request, response, parameters, type, prepared }) => {
    const context = { req: request, res: response, prepared };
    let result: Result;
    try {
      result = await yoga.getResultForParams(
        { params: parameters, request: plainRequest(request, response) },
        context,
      );
    } catch (error) {
      result = { errors: [maskError(error)] };
    }
    if (result === undefined || isAsyncIterable(result)) {
      throw new Error("A result that is no JSON came from an operation that was taken for a query.");
    }
    const made = processRegularResult(result, plainFetch, type) as unknown as Made;
    // A context without a graph: the answer was kept, and is current.
    const own = context as Partial<Context>;
    return { made, isCurrent: result.errors === undefined && (own.graph?.isCurrent ?? true), context: own };
  };
}
