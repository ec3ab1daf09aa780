import type { GraphService } from "../graph/index.ts";
import type { Keyring } from "../protocol/index.ts";
import { nameAsker } from "../store/connection-shares.ts";
import type { Database } from "../store/database.ts";
import type { Change } from "../store/feed.ts";
import { Deadline } from "./deadline.ts";
import { ApiError } from "./errors.ts";
import { Allowance } from "./limits/allowance.ts";
import { defaultQueryLimits } from "./limits/limits.ts";
import { type Loaders, prepareLoaders } from "./loaders/index.ts";
import type { RowCache } from "./loaders/row-cache.ts";
import type { Rows } from "./loaders/shared-batches.ts";
import { RequestGraph } from "./request-graph.ts";
import { builtInKeyring } from "./signer-origin.ts";

/** What resolvers share within one request. */
export type Context = {
  readonly database: Database;
  readonly loaders: Loaders;
  readonly graph: RequestGraph;
  /** What the answer may still take up. */
  readonly allowance: Allowance;
  /** When the request ends at the latest; until somebody sets a time, when its client goes away. */
  readonly deadline: Deadline;
  readonly submit: Submit;
  readonly live: Live;
  /** The keys that this process trusts: what `Signer.origin` is told by. */
  readonly keyring: Keyring;
  /**
   * What reads the tables anew, from the server that is written to: for who has just written, and for a request that
   * lasts. To be assigned to its context.
   */
  readonly renew: () => Reads;
};

/** What a request reads through. */
export type Reads = Pick<Context, "database" | "loaders" | "graph" | "allowance">;

/**
 * Puts a document into the queue for who made the request, and gives the submission's id. Whether they may is part of
 * it: rejects with UNAUTHENTICATED, RATE_LIMITED or DOCUMENT_REJECTED.
 */
export type Submit = (document: string) => Promise<string>;

/** How a subscription follows the changes of papers, and how far it has come. */
export type Live = {
  /** Begins to follow. Throws an ApiError where that cannot be. */
  readonly follow: () => ChangeFollower;
  /** The position after which a client that comes again goes on; null for one that comes first. */
  readonly resumeAfter: string | null;
  /** The position of the change that was given last: that of the answer which is made from it. */
  given: bigint | null;
  /** The position up to which all that is to be given has been sent. */
  sent: bigint | null;
};

export type ChangeFollower = {
  /** The end of the feed now. */
  head(): Promise<bigint>;
  /** Some of the changes after a position, in their order; waits for the first. Null once it is to end. */
  next(after: bigint): Promise<readonly Change[] | null>;
  /** Gives up; a wait ends. May be called again. */
  end(): void;
};

const refuseToFollow = () => {
  throw new ApiError("UNAVAILABLE", "Changes cannot be followed here.");
};

const refuse: Submit = () => {
  throw new ApiError("UNAUTHENTICATED", "No submissions are taken here.");
};

export type RequestParts = {
  /** Takes no submissions unless told. */
  readonly submit?: Submit;
  /** Follows no changes unless told. */
  readonly follow?: Live["follow"];
  readonly resumeAfter?: string | null;
  /** Defaults to the registry's key alone. */
  readonly keyring?: Keyring | undefined;
  /** Aborted once nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
  /** Bytes of the answer's texts. Defaults to `defaultQueryLimits.answerBytes`. */
  readonly answerBytes?: number;
  /** Who makes the request, as an address: clients share connections evenly. Defaults to one client for all. */
  readonly client?: string;
};

/** Makes what one request reads through, until its deadline. */
export type PreparedReads = (deadline: Deadline, answerBytes: number) => Reads;

/** Prepares a database's statements once. Rows are kept in memory from request to request where `kept` is given. */
export function prepareReads(
  database: Database,
  graph: GraphService,
  shared: Partial<Pick<Rows, "kept" | "states">> = {},
): PreparedReads {
  const createLoaders = prepareLoaders({ db: database.db, pool: database.pool, ...shared });
  return (deadline, answerBytes) => {
    const allowance = new Allowance(deadline, answerBytes);
    const loaders = createLoaders(deadline.signal, allowance);
    return { database, loaders, allowance, graph: new RequestGraph(graph, loaders.batches, deadline.signal) };
  };
}

/** One request's context: reads from one server, and where it must, from the one that is written to. */
export function createContext(
  reads: PreparedReads,
  primary: PreparedReads,
  {
    submit = refuse,
    follow = refuseToFollow,
    resumeAfter = null,
    keyring = builtInKeyring,
    signal,
    answerBytes = defaultQueryLimits.answerBytes,
    client = "",
  }: RequestParts = {},
): Context {
  const deadline = new Deadline(signal);
  nameAsker(deadline.signal, { client });
  return {
    deadline,
    submit,
    keyring,
    live: { follow, resumeAfter, given: null, sent: null },
    renew: () => primary(deadline, answerBytes),
    ...reads(deadline, answerBytes),
  };
}

/** Prepares a database's statements once; each call of what it returns makes one request's context. */
export function prepareContext(
  database: Database,
  graph: GraphService,
  kept?: RowCache,
): (parts?: RequestParts) => Context {
  const reads = prepareReads(database, graph, { kept });
  return (parts) => createContext(reads, reads, parts);
}
