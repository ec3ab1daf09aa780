import type { AsyncLocalStorage } from "node:async_hooks";
import { channel, type TracingChannel, tracingChannel } from "node:diagnostics_channel";

/*
 * Channels of node:diagnostics_channel on which the program publishes its work. Publishers do not depend on metrics,
 * logs or traces. Without a subscriber, a piece of work costs one check for subscribers.
 */

/** A piece of work in progress. `result` or `error` is set once it is complete. */
export type Work<About, Result = unknown> = About & {
  /** As returned by `performance.now`. */
  readonly startedAt: number;
  result?: Result;
  error?: unknown;
};

/**
 * One kind of work. Its tracing channel publishes `start` when a piece begins and `asyncEnd` when it is complete,
 * synchronous or not: subscribers to `tracing:pith-graph.<name>:asyncEnd` see each piece once.
 */
export class WorkChannel<About extends object, Result = unknown> {
  readonly #channel: TracingChannel<unknown, Work<About, Result>>;

  constructor(name: string) {
    this.#channel = tracingChannel(`pith-graph.${name}`);
  }

  get hasSubscribers(): boolean {
    return this.#channel.hasSubscribers;
  }

  /** Does the work. It is complete when it returns, or when the returned promise settles. */
  run<Returned extends Result | Promise<Result>>(about: About, work: () => Returned): Returned {
    if (!this.hasSubscribers) return work();
    return this.start(about, (started) => {
      let returned: Returned;
      try {
        returned = work();
      } catch (error) {
        this.complete(Object.assign(started, { error }));
        throw error;
      }
      if (returned instanceof Promise) {
        returned.then(
          (result: Result) => this.complete(Object.assign(started, { result })),
          (error: unknown) => this.complete(Object.assign(started, { error })),
        );
      } else this.complete(Object.assign(started, { result: returned as Result }));
      return returned;
    });
  }

  /** Starts work whose end is not the settling of a promise. `complete` must be called once. */
  start<Returned>(about: About, work: (started: Work<About, Result>) => Returned): Returned {
    const started: Work<About, Result> = Object.assign(about, { startedAt: performance.now() });
    return this.#channel.start.runStores(started, () => work(started));
  }

  complete(work: Work<About, Result>): void {
    this.#channel.asyncEnd.publish(work);
  }

  /** Calls the subscriber at the start and the end of each piece, until the returned function is called. */
  subscribe(subscriber: {
    start?(work: Work<About, Result>): void;
    end(work: Work<About, Result>): void;
  }): () => void {
    const start = (work: unknown) => subscriber.start?.(work as Work<About, Result>);
    const end = (work: unknown) => subscriber.end(work as Work<About, Result>);
    if (subscriber.start !== undefined) this.#channel.start.subscribe(start);
    this.#channel.asyncEnd.subscribe(end);
    return () => {
      this.#channel.start.unsubscribe(start);
      this.#channel.asyncEnd.unsubscribe(end);
    };
  }

  /** Runs each piece of work in the context of a store, until the returned function is called. */
  bindStore<Store>(
    storage: AsyncLocalStorage<Store>,
    contextOf: (work: Work<About, Result>) => Store,
  ): () => void {
    const { start } = this.#channel as TracingChannel<Store, Work<About, Result>>;
    start.bindStore(storage, contextOf);
    return () => start.unbindStore(storage);
  }
}

/** One kind of event, on the channel `pith-graph.<name>`. */
class EventChannel<Event> {
  readonly #channel;

  constructor(name: string) {
    this.#channel = channel(`pith-graph.${name}`);
  }

  publish(event: Event): void {
    this.#channel.publish(event);
  }

  subscribe(subscriber: (event: Event) => void): () => void {
    const onEvent = (event: unknown) => subscriber(event as Event);
    this.#channel.subscribe(onEvent);
    return () => this.#channel.unsubscribe(onEvent);
  }
}

type HttpRequest = {
  /** The route's name, from a fixed list; `none` if no route matches the path. */
  readonly route: string;
  readonly method: string;
  /** Without the query string, which contains queries and variables. At most 200 characters. */
  readonly path: string;
  /** The request id that is logged. */
  readonly id: string;
  readonly traceparent: string | undefined;
  /** Set by the subscriber that traces the request. */
  traceId?: string;
  /** Status of the response; 0 until it is sent, and if the client disconnected before. */
  status: number;
};

/** From a request's headers until its response is sent or the client disconnects. */
export const requests = new WorkChannel<HttpRequest>("request");

export type GraphqlOperation = {
  /** Known once the document is parsed. */
  kind: "query" | "mutation" | "subscription" | "unknown";
  /** The operation name that the client sent; null without one. */
  name: string | null;
  /** The code of the first error; null without one, and until the end. */
  code: string | null;
};

/** From parsing until there is a result. Cached responses, and requests rejected earlier, are not operations. */
export const graphqlOperations = new WorkChannel<GraphqlOperation>("operation");

/** A field of Query or Mutation, such as `Query.papers`, until the text of everything below it is ready. */
export const rootFields = new WorkChannel<{ readonly name: string }>("root-field");

/** A loader's batch: one statement for the keys of one or several requests. */
export const loaderBatches = new WorkChannel<{ readonly keys: number; readonly requests: number }>(
  "loader-batch",
);

/**
 * A statement of a pool that was opened while there was a subscriber. The name is that of a prepared statement, or the
 * first word of any other; never text that a client chose.
 */
export const statements = new WorkChannel<{ readonly name: string }>("statement");

export type IngestedDocument = {
  readonly status: "merged" | "unchanged" | "rejected";
  /** Why the entire document was rejected. */
  readonly rejection: { readonly code: string } | null;
  /** The events that were not accepted. */
  readonly refused: readonly { readonly reason: string }[];
};

/** A batch of documents ingested in this thread: from files, submissions or mirrors. */
export const ingestBatches = new WorkChannel<{ readonly documents: number }, readonly IngestedDocument[]>(
  "ingest-batch",
);

/** Why the server closed a connection. */
export type ConnectionCloseReason =
  /** The client read too little for too long. */
  | "unread too long"
  /** More was unread than one connection may have. */
  | "unread bytes"
  /** More was unread on all connections than they may have together, and this one had gone longest without reading. */
  | "unread bytes in all"
  /** The client sent too many requests ahead of their responses. */
  | "pipelined requests";

/** Connections that the server closed to limit what it buffers for clients. */
export const closedConnections = new EventChannel<ConnectionCloseReason>("ended-connection");
