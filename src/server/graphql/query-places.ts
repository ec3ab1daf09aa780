import { getHeapStatistics } from "node:v8";
import { type ExecutionArgs, getOperationAST, OperationTypeNode } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Context } from "../../api/index.ts";
import { ConnectionQueue, requesterOf } from "../../store/index.ts";

/** Bytes of heap that one query may need during execution: its rows, and an answer of several megabytes. */
const bytesOfQuery = 12 * 1024 * 1024;
const minPlaces = 4;
/** More would not be faster: a pool has 10 connections, and there is one event loop. */
const maxPlaces = 32;

/** The number of queries to execute at a time, given the heap limit of this process. */
export function defaultPlaces(heapBytes = getHeapStatistics().heap_size_limit): number {
  return Math.max(minPlaces, Math.min(maxPlaces, Math.floor(heapBytes / bytesOfQuery)));
}

/**
 * Bounds the queries that execute concurrently, so that many large answers do not fill the heap together. The others
 * wait, within their time limit; the client with the fewest running queries comes first.
 */
export function useQueryPlaces(places = defaultPlaces()): Plugin {
  const turnstile = new ConnectionQueue({
    total: places,
    perRequest: 1,
    expensive: places,
    expensivePerRequest: 1,
  });
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      if (getOperationAST(args.document, args.operationName)?.operation !== OperationTypeNode.QUERY) return;
      setExecuteFn(async (given: ExecutionArgs) => {
        const leave = await placeFor(turnstile, (given.contextValue as Context).deadline.signal);
        try {
          return await executeFn(given);
        } finally {
          leave();
        }
      });
    },
  };
}

/** Resolves with the function that frees the place. Rejects with the signal's reason if it is aborted before. */
function placeFor(turnstile: ConnectionQueue, signal: AbortSignal): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const stopWaiting = () => {
      goAway();
      reject(signal.reason);
    };
    const admit = (leave: () => void) => {
      signal.removeEventListener("abort", stopWaiting);
      resolve(leave);
    };
    signal.addEventListener("abort", stopWaiting, { once: true });
    const asker = requesterOf(signal) ?? { client: "" };
    const goAway = turnstile.enter(asker, { isExpensive: false, signal, admit, reject });
  });
}
