import type pg from "pg";
import { Watched } from "../watched.ts";

/** A statement on its way to PostgreSQL. */
export type Statement = {
  /** Of a prepared statement its name; of any other its first word. Never anything that a client chose. */
  readonly name: string;
};

/** All statements of the pools that were opened after somebody began to watch. */
export const statements = new Watched<Statement>();

const words = new Set(
  [
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "WITH",
    "COPY",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "LISTEN",
    "NOTIFY",
  ].concat(["CREATE", "DROP", "ALTER", "LOCK", "SET", "SAVEPOINT", "RELEASE", "TRUNCATE", "ANALYZE"]),
);

/**
 * Lets the pool's statements be watched. Those of `pool.query` begin when they are asked for, so the wait for a
 * connection is part of them; those on a connection that somebody holds begin when they are sent.
 */
export function letStatementsBeWatched(pool: pg.Pool): void {
  if (!statements.isWatched) return;
  const query = pool.query.bind(pool) as (...args: unknown[]) => unknown;
  pool.query = ((...args: unknown[]) =>
    isWithCallback(args)
      ? query(...args)
      : statements.run({ name: nameOf(args[0]) }, () => query(...args))) as typeof pool.query;
  pool.on("connect", (client) => {
    const send = client.query.bind(client) as (...args: unknown[]) => unknown;
    client.query = ((...args: unknown[]) =>
      // The pool's own come with a callback, and are watched above; a COPY is a stream, which ends by itself.
      isWithCallback(args) || isStream(args[0])
        ? send(...args)
        : statements.run({ name: nameOf(args[0]) }, () => send(...args))) as typeof client.query;
  });
}

function isWithCallback(args: readonly unknown[]): boolean {
  return typeof args.at(-1) === "function";
}

function isStream(statement: unknown): boolean {
  return typeof statement === "object" && statement !== null && "submit" in statement;
}

function nameOf(statement: unknown): string {
  if (typeof statement === "string") return firstWord(statement);
  const { name, text } = statement as { readonly name?: string; readonly text?: string };
  return name ?? firstWord(text ?? "");
}

function firstWord(text: string): string {
  const word = /^\s*([a-z]+)/i.exec(text)?.[1]?.toUpperCase() ?? "";
  return words.has(word) ? word : "other";
}
