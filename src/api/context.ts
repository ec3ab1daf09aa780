import type { GraphService } from "../graph/index.ts";
import { createKeyring, type Keyring, registryKey } from "../protocol/index.ts";
import { assignRequester, type Change, type Database } from "../store/index.ts";
import { ApiError } from "./errors.ts";
import { Allowance, Deadline, defaultQueryLimits } from "./execution/index.ts";
import {
  type LoaderSource,
  type Loaders,
  prepareLoaders,
  type RowCache,
  type SummarySource,
} from "./loaders/index.ts";
import { RequestGraph } from "./request-graph.ts";

/** Shared by the resolvers of one request. */
export type Context = {
  readonly database: Database;
  readonly loaders: Loaders;
  readonly graph: RequestGraph;
  /** What the request may still spend: bytes of its answer, and turns of the event loop. */
  readonly allowance: Allowance;
  /** Ends the request: when its time is up, if a limit is set, or when its client disconnects. */
  readonly deadline: Deadline;
  readonly submit: Submit;
  readonly live: Live;
  /** The keys that this process trusts, which determine `Signer.origin`. */
  readonly keyring: Keyring;
  /**
   * New loaders that read from the primary server: after the request has written, and for long-lived requests. To be
   * assigned to the request's context.
   */
  readonly renew: () => ReadContext;
};

/** The parts of a context that read data. */
type ReadContext = Pick<Context, "database" | "loaders" | "graph" | "allowance">;

/**
 * Queues a document on behalf of the request's sender and returns the submission's id. Checks permission: rejects with
 * UNAUTHENTICATED, RATE_LIMITED or DOCUMENT_REJECTED.
 */
export type Submit = (document: string) => Promise<string>;

/** How a subscription follows changes of papers, and its progress. */
export type Live = {
  /** Starts to follow. Throws an ApiError if that is not possible. */
  readonly follow: () => ChangeFollower;
  /** The position after which a reconnecting client resumes; null for a new one. */
  readonly resumeAfter: string | null;
  /** The position of the last change yielded, which the current answer is made from. */
  lastYielded: bigint | null;
  /** Every change up to this position that concerns the client has been sent. */
  sentUpTo: bigint | null;
};

export type ChangeFollower = {
  /** The current end of the feed. */
  head(): Promise<bigint>;
  /** Changes after a position, in order; waits for the first one. Null when the subscription is to end. */
  next(after: bigint): Promise<readonly Change[] | null>;
  /** Stops following and ends a pending wait. Idempotent. */
  end(): void;
};

const rejectFollowing = () => {
  throw new ApiError("UNAVAILABLE", "Subscriptions are not available here.");
};

const rejectSubmission: Submit = () => {
  throw new ApiError("UNAUTHENTICATED", "Submissions are not available here.");
};

/** Only the registry's key. */
const builtInKeyring: Keyring = createKeyring([registryKey]);

export type RequestParts = {
  /** Defaults to rejecting submissions with UNAUTHENTICATED. */
  readonly submit?: Submit;
  /** Defaults to failing with UNAVAILABLE. */
  readonly follow?: Live["follow"];
  readonly resumeAfter?: string | null;
  /** Defaults to the registry's key alone. */
  readonly keyring?: Keyring | undefined;
  /** Aborted once the client no longer waits for the answer. */
  readonly signal?: AbortSignal;
  /** The maximum size of the answer's texts in bytes. Defaults to `defaultQueryLimits.answerBytes`. */
  readonly answerBytes?: number;
  /** The client's address: clients share connections evenly. Defaults to one client for all requests. */
  readonly client?: string;
};

/** Creates the reads of one request, valid until its deadline. */
export type PreparedReads = (deadline: Deadline, answerBytes: number) => ReadContext;

/** Prepares a database's statements once. With `cache`, rows are cached in memory across requests. */
export function prepareReads(
  database: Database,
  graph: GraphService,
  shared: Partial<Pick<LoaderSource, "cache" | "states" | "summaries">> = {},
): PreparedReads {
  const createLoaders = prepareLoaders({ db: database.db, pool: database.pool, ...shared });
  return (deadline, answerBytes) => {
    const allowance = new Allowance(deadline, answerBytes);
    const loaders = createLoaders(deadline.signal, allowance);
    return { database, loaders, allowance, graph: new RequestGraph(graph, loaders.batches, deadline.signal) };
  };
}

/** One request's context: reads from one server, and from the primary if needed. */
export function createContext(
  reads: PreparedReads,
  primary: PreparedReads,
  {
    submit = rejectSubmission,
    follow = rejectFollowing,
    resumeAfter = null,
    keyring = builtInKeyring,
    signal,
    answerBytes = defaultQueryLimits.answerBytes,
    client = "",
  }: RequestParts = {},
): Context {
  const deadline = new Deadline(signal);
  assignRequester(deadline.signal, { client });
  return {
    deadline,
    submit,
    keyring,
    live: { follow, resumeAfter, lastYielded: null, sentUpTo: null },
    renew: () => primary(deadline, answerBytes),
    ...reads(deadline, answerBytes),
  };
}

/** Prepares a database's statements once; each call of the returned function makes one request's context. */
export function prepareContext(
  database: Database,
  graph: GraphService,
  cache?: RowCache,
  summaries?: SummarySource,
): (parts?: RequestParts) => Context {
  const reads = prepareReads(database, graph, { cache, summaries });
  return (parts) => createContext(reads, reads, parts);
}
