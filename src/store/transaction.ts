import type pg from "pg";

/** Sends statements on one connection. */
export type Statements = Pick<pg.ClientBase, "query">;

/** A query that sends itself, like a COPY. */
type Submittable = pg.Submittable & { handleError(error: Error, ...rest: unknown[]): void };

function isSubmittable(query: unknown): query is Submittable {
  return typeof query === "object" && query !== null && "submit" in query;
}

/** A statement was given to a transaction that has ended or failed: nothing was sent. */
class TransactionOverError extends Error {
  override readonly name = "TransactionOverError";
}

/**
 * The server answered COMMIT with ROLLBACK: an earlier statement of the transaction had failed and its error was not
 * seen. Nothing was stored.
 */
class NotCommittedError extends Error {
  override readonly name = "NotCommittedError";
}

/**
 * The only way to a connection while a transaction is open on it. From the first failure on, and after its end, it
 * refuses every statement, so nothing can be sent on the connection outside the transaction.
 */
export class Transaction implements Statements {
  #client: pg.ClientBase | null;
  #failure: { readonly error: unknown } | null = null;

  constructor(client: pg.ClientBase) {
    this.#client = client;
  }

  /** As `query` of node-postgres, submittables included; without a callback. */
  readonly query = ((...args: unknown[]): unknown => {
    const [first] = args;
    if (isSubmittable(first)) return this.#submit(first);
    if (this.#client === null) return Promise.reject(this.#refusal());
    const result = Reflect.apply(this.#client.query, this.#client, args) as Promise<unknown>;
    result.catch((error: unknown) => this.fail(error));
    return result;
  }) as pg.ClientBase["query"];

  #submit(query: Submittable): Submittable {
    if (this.#client === null) {
      const error = this.#refusal();
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

  #refusal(): Error {
    const { error } = this.#failure ?? {
      error: new TransactionOverError("The transaction has ended: nothing more can be sent in it."),
    };
    return error instanceof Error ? error : new Error(String(error));
  }

  /** From now on every statement is refused with this error; the first one counts. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#client = null;
  }

  /** Throws the error that the transaction failed with, if it has. */
  throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  /** Commits; rejects with `NotCommittedError` where the server has rolled back instead. */
  async commit(): Promise<void> {
    const { command } = await this.query("COMMIT");
    if (command !== "COMMIT") {
      this.fail(new NotCommittedError(`The transaction was not committed: the server answered ${command}.`));
    }
    this.throwIfFailed();
    this.#client = null;
  }
}

/** How long a writer may do nothing in its transaction, in milliseconds, before PostgreSQL ends its session. */
export const idleWriterMilliseconds = 60_000;

/**
 * Begins the transaction of a writer. Each of its statements sees what was committed before, whatever the server's
 * default is. A writer that was stopped, or whose connection is dead, loses its transaction and its locks after
 * `idleWriterMilliseconds`: it finds its connection closed when it goes on, and repeats the work.
 */
export const beginWriting = `BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL idle_in_transaction_session_timeout = ${idleWriterMilliseconds}`;

/**
 * Runs work in a transaction on a connection of its own, and commits. Whatever fails, the connection is closed rather
 * than rolled back: the server ends the transaction with it, and statements that were still queued are never sent.
 *
 * `begin` is the statement that opens the transaction. Where COMMIT itself fails for a lost connection, the work may
 * have been committed: it must be safe to repeat.
 */
export async function inTransaction<Result>(
  pool: pg.Pool,
  begin: string,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  try {
    const result = await onConnection(client, begin, work);
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/**
 * `inTransaction` for writers, from `beginWriting` on. While this process runs, PostgreSQL hears of it: work may take as
 * long as it does.
 */
export function inWriteTransaction<Result>(
  pool: pg.Pool,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  return inTransaction(pool, beginWriting, (writer) => keepOpen(writer, () => work(writer)));
}

/**
 * Lets PostgreSQL hear of a session while work goes on elsewhere, as long as this process runs: only the session of one
 * that was stopped is ended for its silence.
 */
export async function keepOpen<Result>(session: Statements, work: () => Promise<Result>): Promise<Result> {
  const timer = setInterval(() => session.query("SELECT 1").catch(() => {}), idleWriterMilliseconds / 4);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** `inTransaction` on a connection that the caller has, and must close when this rejects. */
export async function onConnection<Result>(
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
