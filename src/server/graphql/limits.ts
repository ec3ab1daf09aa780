import { getHeapStatistics } from "node:v8";
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  getOperationAST,
  getVariableValues,
  OperationTypeNode,
  type ParseOptions,
} from "graphql";
import type { Plugin } from "graphql-yoga";
import {
  ApiError,
  badUserInput,
  type Context,
  costOf,
  documentErrors,
  parseWithin,
  type QueryLimits,
  variablesError,
} from "../../api/index.ts";
import { ConnectionQueue, requesterOf } from "../../store/index.ts";

/** Enforces the limits of operations, each before the work that it saves. */
export function limitPlugins(limits: QueryLimits): Plugin[] {
  return [
    useSourceLimits(limits),
    useDocumentLimits(limits),
    useExecutionLimit(({ variableValues }) => variablesError(variableValues ?? {})),
    useExecutionLimit((args) => costError(args, limits)),
    useTimeLimit(limits),
  ];
}

/** Stops parsing if a document is longer, or nested deeper, than allowed. */
function useSourceLimits(limits: QueryLimits): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source: string, options: ParseOptions) => parseWithin(source, options, limits));
    },
  };
}

/** Rejects documents that are too deep or too broad, or have too many aliases or directives, before validation. */
function useDocumentLimits(limits: QueryLimits): Plugin {
  const known = new WeakMap<DocumentNode, ReturnType<typeof documentErrors>>();
  return {
    onValidate({ params: { documentAST }, setResult }) {
      const errors = known.get(documentAST) ?? documentErrors(documentAST, limits);
      known.set(documentAST, errors);
      if (errors.length > 0) setResult(errors);
    },
  };
}

/** Rejects an operation just before its execution if `errorOf` returns an error. */
function useExecutionLimit(errorOf: (args: ExecutionArgs) => GraphQLError | null): Plugin {
  const check = ({ args, setResultAndStopExecution }: Executed) => {
    const error = errorOf(args);
    if (error !== null) setResultAndStopExecution({ errors: [error] });
  };
  return { onExecute: check, onSubscribe: check };
}

type Executed = {
  readonly args: ExecutionArgs;
  readonly setResultAndStopExecution: (result: ExecutionResult) => void;
};

/** Rejects operations that may cost too much with their variables. */
function costError(args: ExecutionArgs, { cost: maximum }: QueryLimits): GraphQLError | null {
  const { schema, document, operationName, variableValues } = args;
  const operation = getOperationAST(document, operationName);
  // Execution reports the error.
  if (!operation) return null;
  let cost: number;
  try {
    cost = costOf(schema, document, operation, variableValues ?? {});
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const { errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues ?? {});
    // Execution reports errors of variables; an argument that cannot be priced is rejected here.
    return errors === undefined ? badUserInput(error.message) : null;
  }
  if (cost <= maximum) return null;
  return new ApiError(
    "QUERY_TOO_COMPLEX",
    `The query costs ${cost}, but the maximum is ${maximum}. The cost is about the number of fields in the response: ` +
      "request smaller pages (`first`, `last`, `maxNodes`) or fewer fields in them.",
    { cost, maximum, http: { status: 400 } },
  );
}

/**
 * Ends queries that take too long: they are answered TIMEOUT immediately, and their work in PostgreSQL and in the graph
 * is cancelled. Mutations run to their end: their client needs to know the result.
 */
function useTimeLimit({ milliseconds }: QueryLimits): Plugin {
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      if (getOperationAST(args.document, args.operationName)?.operation !== OperationTypeNode.QUERY) return;
      setExecuteFn(async (given: ExecutionArgs): Promise<ExecutionResult> => {
        const { deadline } = given.contextValue as Context;
        try {
          return await deadline.within(milliseconds, () => executeFn(given));
        } catch (error) {
          if (error instanceof ApiError) return { errors: [error] };
          throw error;
        }
      });
    },
  };
}

/** Bytes of heap that one query may need during execution: its rows, and an answer of several megabytes. */
const bytesOfQuery = 12 * 1024 * 1024;
const minPlaces = 4;
/** More would not be faster: a pool has 10 connections, and there is one event loop. */
const maxPlaces = 32;

/** The number of queries to execute at a time, given the heap limit of this process. */
export function defaultConcurrency(heapBytes = getHeapStatistics().heap_size_limit): number {
  return Math.max(minPlaces, Math.min(maxPlaces, Math.floor(heapBytes / bytesOfQuery)));
}

/**
 * Bounds the queries that execute concurrently, so that many large answers do not fill the heap together. The others
 * wait, within their time limit; the client with the fewest running queries comes first.
 */
export function useConcurrencyLimit(places = defaultConcurrency()): Plugin {
  const queue = new ConnectionQueue({
    total: places,
    perRequest: 1,
    expensive: places,
    expensivePerRequest: 1,
  });
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      if (getOperationAST(args.document, args.operationName)?.operation !== OperationTypeNode.QUERY) return;
      setExecuteFn(async (given: ExecutionArgs) => {
        const leave = await placeFor(queue, (given.contextValue as Context).deadline.signal);
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
function placeFor(queue: ConnectionQueue, signal: AbortSignal): Promise<() => void> {
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
    const requester = requesterOf(signal) ?? { client: "" };
    const goAway = queue.enter(requester, { isExpensive: false, signal, admit, reject });
  });
}
