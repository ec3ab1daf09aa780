import { AsyncLocalStorage } from "node:async_hooks";
import { writeSync } from "node:fs";
import { type Logger, pino } from "pino";
import { printable } from "./display-text.ts";

export type Log = Pick<Logger, "debug" | "info" | "warn" | "error" | "isLevelEnabled">;

export type LogOptions = {
  readonly level: "debug" | "info" | "warn" | "error" | "silent";
  /** One JSON object per line, or a line for people. */
  readonly format: "json" | "text";
  /** The service process that writes, or `ingest` for a thread of `ingest` or `sync`. */
  readonly role: "api" | "worker" | "ingest";
  /** Receives complete lines. Defaults to standard error. */
  readonly write?: (line: string) => void;
};

/** Fields added to each line written in this context: the ids of the request and the trace. */
export const logContext = new AsyncLocalStorage<Readonly<Record<string, string>>>();

/**
 * A structured logger. Documents, queries, variables and tokens are never passed to it, and errors only as
 * `describeError` reduces them. JSON escapes any text, so that it cannot leave its line.
 */
export function createLog({ level, format, role, write = writeToStandardError }: LogOptions): Log {
  return pino(
    {
      level,
      base: { role },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
      mixin: () => ({ ...logContext.getStore() }),
    },
    { write: (line: string) => write(format === "json" ? line : formatLine(line)) },
  );
}

/** Synchronous: no line is lost when the process exits. */
function writeToStandardError(line: string): void {
  try {
    writeSync(2, line);
  } catch {
    // A pipe that is full or closed must not end the service.
  }
}

const maxMessageLength = 1_000;
const maxStackFrames = 20;

/**
 * An error for the log: class, message, code and stack, truncated. PostgreSQL's `detail` and `where`, and the values of
 * a statement, may be parts of documents: they are left out, also of Drizzle's messages.
 */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error).slice(0, maxMessageLength);
  const { code, cause, params } = error as Error & { code?: unknown; params?: unknown };
  const message = params === undefined ? error.message : (error.message.split("\nparams:", 1)[0] ?? "");
  const frames = (error.stack ?? "").split("\n").filter((line) => /^ {4}at /.test(line));
  return {
    type: error.name,
    message: message.slice(0, maxMessageLength),
    ...(typeof code === "string" ? { code } : {}),
    ...(frames.length > 0 ? { stack: frames.slice(0, maxStackFrames).join("\n") } : {}),
    ...(cause === undefined ? {} : { cause: describeError(cause) }),
  };
}

type LogLine = {
  readonly level: string;
  readonly time: string;
  readonly msg?: string;
  readonly err?: unknown;
};

/** `08:15:01 warn  message name=value …`, followed by the error. */
function formatLine(json: string): string {
  const { level, time, msg = "", err, role: _, ...fields } = JSON.parse(json) as LogLine & { role: unknown };
  const pairs = Object.entries(fields).map(([name, value]) => ` ${name}=${printable(formatValue(value))}`);
  const error = err === undefined ? "" : errorLines(err);
  return `${time.slice(11, 19)} ${level.padEnd(5)} ${printable(msg)}${pairs.join("")}${error}\n`;
}

function formatValue(value: unknown): string {
  return typeof value === "string" && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}

function errorLines(error: unknown): string {
  if (typeof error !== "object" || error === null) return `: ${printable(String(error))}`;
  const { type, message, code, stack, cause } = error as Record<string, unknown>;
  const name = code === undefined ? type : `${type} ${code}`;
  const frames = typeof stack === "string" ? stack.split("\n").map((line) => `\n${printable(line)}`) : [];
  const below = cause === undefined ? "" : `\n  because of${errorLines(cause)}`;
  return `: ${printable(`${name}: ${message}`)}${frames.join("")}${below}`;
}
