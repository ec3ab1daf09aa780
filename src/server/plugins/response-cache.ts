import { type ExecutionResult, getOperationAST, OperationTypeNode } from "graphql";
import { isAsyncIterable, type Plugin } from "graphql-yoga";
import type { Context } from "../../api/context.ts";
import { stringifyResult } from "../../api/json-text.ts";
import { BoundedTexts } from "../../bounded-texts.ts";
import type { ServerContext } from "../http/fast-path.ts";

/** An answer's text, and the version of the data that it was made of. */
type Kept = { readonly version: string; readonly text: string };

/** What a request has to do with the cache; absent where nothing. */
type Asking = {
  readonly key: string;
  /** Read before the operation was begun. */
  readonly version: string;
  isQuery: boolean;
};

/** How old the version may be that new answers are kept under: an older one only makes keeping them useless. */
const versionMilliseconds = 1000;

/**
 * Keeps answers of queries that anybody may ask, as texts, and gives one out again where the data is still that which
 * it was made of. That is looked up each time, after the request came: no answer is older than its request. Those of
 * one server are given out for requests of that server only: versions of two cannot be compared.
 *
 * Without errors only; none of requests that name who makes them.
 */
export function useResponseCache(maximumSize: number): Plugin {
  const texts = new BoundedTexts<Kept>(maximumSize);
  const asking = new WeakMap<Request, Asking>();
  return {
    onParams({ request, params, setResult, context }) {
      const { query, operationName, variables } = params;
      const { prepared } = context as ServerContext;
      if (prepared === undefined) return;
      if (typeof query !== "string" || request.headers.has("authorization")) return;
      const { version, server } = prepared;
      const key = keyOf(server.name, query, operationName, variables);
      if (key === null) return;
      const expect = () => {
        const { last } = version;
        if (last !== null) asking.set(request, { key, version: last, isQuery: false });
      };
      const kept = texts.get(key);
      if (kept === undefined) {
        version.refresh(versionMilliseconds);
        return expect();
      }
      return version.read().then(
        (now) => {
          if (kept.version === now) return setResult(answerOf(kept.text));
          texts.delete(key);
          expect();
        },
        // The server is gone: nothing of it is given out, and the statements go where there is one.
        () => texts.delete(key),
      );
    },
    onExecute({ args }) {
      const asked = asking.get((args.contextValue as { request: Request }).request);
      if (asked === undefined) return;
      const operation = getOperationAST(args.document, args.operationName);
      asked.isQuery = operation?.operation === OperationTypeNode.QUERY;
    },
    onExecutionResult({ request, result, context }) {
      const asked = asking.get(request);
      if (asked === undefined || !asked.isQuery) return;
      if (result === undefined || isAsyncIterable(result) || result.errors !== undefined) return;
      // Some answers of the graph are of an earlier version than the one in use.
      if (!(context as unknown as Context).graph.isCurrent) return;
      result.stringify = (whole: ExecutionResult) => {
        const text = stringifyResult(whole);
        texts.set(asked.key, { version: asked.version, text }, text.length);
        return text;
      };
    },
  };
}

/** Null where the variables lie so deep in each other that they cannot be written: they are refused later. */
function keyOf(
  server: string,
  query: string,
  operationName: string | undefined,
  variables: unknown,
): string | null {
  try {
    return `${server}\n${operationName ?? ""}\n${JSON.stringify(variables ?? null)}\n${query}`;
  } catch {
    return null;
  }
}

function answerOf(text: string): ExecutionResult & { stringify: () => string } {
  return { stringify: () => text };
}
