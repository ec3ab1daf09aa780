import type pg from "pg";
import { connectWithSignal, currentSignal, type Queryable, raceAbort } from "./cancellation.ts";
import { isAnsweredByPrimary } from "./server-fault.ts";

/** Sends statements on one connection. */
export type QueryClient = Pick<pg.ClientBase, "query">;

/** A query that sends itself, such as a COPY. */
type Submittable = pg.Submittable & { handleError(error: Error, ...rest: unknown[]): void };

function isSubmittable(query: unknown): query is Submittable {
  return typeof query === "object" && query !== null && "submit" in query;
}

/** A statement was passed to a transaction that has ended or failed: nothing was sent. */
class TransactionEndedError extends Error {
  override readonly name = "TransactionOverError";
}

/**
 * The server answered COMMIT with ROLLBACK: an earlier statement of the transaction had failed unnoticed. Nothing was
 * stored.
 */
class NotCommittedError extends Error {
  override readonly name = "NotCommittedError";
}

/**
 * The only access to a connection while a transaction is open on it. After the first failure, and after its end, it
 * rejects every statement, so nothing can be sent on the connection outside the transaction.
 */
export class Transaction implements QueryClient {
  #client: pg.ClientBase | null;
  #failure: { readonly error: unknown } | null = null;

  constructor(client: pg.ClientBase) {
    this.#client = client;
  }

  /** Like `query` of node-postgres, including submittables, but without callbacks. */
  readonly query = ((...args: unknown[]): unknown => {
    const [first] = args;
    if (isSubmittable(first)) return this.#submit(first);
    if (this.#client === null) return Promise.reject(this.#rejection());
    const result = Reflect.apply(this.#client.query, this.#client, args) as Promise<unknown>;
    result.catch((error: unknown) => this.fail(error));
    return result;
  }) as pg.ClientBase["query"];

  #submit(query: Submittable): Submittable {
    if (this.#client === null) {
      const error = this.#rejection();
      process.nextTick(() => query.handleError(error));
      return query;
    }
    const handleError = query.handleError.bind(query);
    query.handleError = (error, ...rest) => {
      this.fail(error);
      handleError(error, ...rest);
    };
    return this.#client.query(query);
  }

  #rejection(): Error {
    const { error } = this.#failure ?? {
      error: new TransactionEndedError("The transaction has ended: nothing more can be sent in it."),
    };
    return error instanceof Error ? error : new Error(String(error));
  }

  /** Rejects every later statement with this error; only the first call counts. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#client = null;
  }

  /** Throws the error that the transaction failed with, if any. */
  throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  /** Commits; rejects with `NotCommittedError` if the server has rolled back instead. */
  async commit(): Promise<void> {
    const { command } = await this.query("COMMIT");
    if (command !== "COMMIT") {
      this.fail(new NotCommittedError(`The transaction was not committed: the server answered ${command}.`));
    }
    this.throwIfFailed();
    this.#client = null;
  }
}

/** Milliseconds for which a writer may idle in its transaction before PostgreSQL ends its session. */
export const maxIdleWriterMilliseconds = 60_000;

/**
 * Begins a writer's transaction. Each of its statements sees what was committed before, whatever the server's default
 * isolation level. A writer that was stopped, or whose connection is dead, loses its transaction and its locks after
 * `maxIdleWriterMilliseconds`: when it resumes, its connection is closed, and it repeats the work.
 */
export const beginWriteTransaction = `BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL idle_in_transaction_session_timeout = ${maxIdleWriterMilliseconds}`;

/**
 * Runs work in a transaction on a separate connection, and commits. On any failure the connection is closed instead of
 * rolled back: the server then ends the transaction, and queued statements are never sent.
 *
 * `begin` is the statement that opens the transaction. If COMMIT itself fails because of a lost connection, the work
 * may have been committed: it must be safe to repeat.
 */
export async function inTransaction<Result>(
  pool: pg.Pool,
  begin: string,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  try {
    const result = await inTransactionOn(client, begin, work);
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** `inTransaction` for writers. It keeps the session alive, so the work may take any time. */
export function inWriteTransaction<Result>(
  pool: pg.Pool,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  return inTransaction(pool, beginWriteTransaction, (writer) => keepSessionAlive(writer, () => work(writer)));
}

/**
 * Keeps a session from idling while work continues elsewhere: PostgreSQL only ends the sessions of processes that were
 * stopped.
 */
export async function keepSessionAlive<Result>(
  session: QueryClient,
  work: () => Promise<Result>,
): Promise<Result> {
  const timer = setInterval(() => session.query("SELECT 1").catch(() => {}), maxIdleWriterMilliseconds / 4);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** `inTransaction` on the caller's connection, which the caller must close if this rejects. */
export async function inTransactionOn<Result>(
  client: pg.ClientBase,
  begin: string,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  const transaction = new Transaction(client);
  try {
    await transaction.query(begin);
    const result = await work(transaction);
    await transaction.commit();
    return result;
  } catch (error) {
    transaction.fail(error);
    throw error;
  }
}

/**
 * Runs several statements in one snapshot: all see the same rows, whatever is committed concurrently. Ends with the
 * signal of `runWithSignal`. If the tables are distributed, each server has a snapshot of its own.
 *
 * If a replica fails, its snapshot is lost. Everything is then read once more, statement by statement: the pool sends
 * the statements to another server.
 */
export async function inSnapshot<Result>(
  pool: pg.Pool,
  read: (sender: Queryable) => Promise<Result>,
): Promise<Result> {
  try {
    return await readInSnapshot(pool, read);
  } catch (error) {
    if (currentSignal()?.aborted || !isAnsweredByPrimary(error)) throw error;
    return read(pool);
  }
}

async function readInSnapshot<Result>(
  pool: pg.Pool,
  read: (sender: Queryable) => Promise<Result>,
): Promise<Result> {
  const signal = currentSignal();
  const client = await (signal === undefined ? pool.connect() : connectWithSignal(pool, signal));
  let isCheckedOut = true;
  // A connection in the middle of a transaction cannot be reused.
  const release = (isLost: boolean) => {
    if (isCheckedOut) client.release(isLost);
    isCheckedOut = false;
  };
  const work = async () => {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const result = await read(client);
    await client.query("COMMIT");
    return result;
  };
  try {
    const result = await (signal === undefined ? work() : raceAbort(work(), signal, () => release(true)));
    release(false);
    return result;
  } catch (error) {
    release(true);
    throw error;
  }
}
