import { errorText } from "../runtime/index.ts";

/** Details for programs, and the suggested next step. */
export type ErrorDetails = {
  /** One of the error codes in docs/api.md. */
  readonly code?: string;
  /** A command to run next, as one would type it. */
  readonly next?: string;
};

/** Ends a command with a message for its user, and no stack. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly status: ExitStatus;
  readonly details: ErrorDetails;

  /** `status` defaults to `failed`. */
  constructor(message: string, status: ExitStatus = exitStatus.failed, details: ErrorDetails = {}) {
    super(message);
    this.status = status;
    this.details = details;
  }

  /** The same error with a command to run next. */
  withNext(next: string): CommandError {
    return new CommandError(this.message, this.status, { ...this.details, next });
  }
}

/** Runs a step whose errors say what to do: they are shown without a stack. */
export async function withoutStack<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw new CommandError(errorText(error), exitStatus.unavailable);
  }
}

/** Parses an argument or a file that it names: an error is a usage error. */
export async function checkedArgument<Value>(read: () => Value | Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    throw new CommandError(errorText(error), exitStatus.usage);
  }
}

/** The exit statuses of commands. The table in docs/cli.md is printed from `exitStatusTexts`. */
export const exitStatus = {
  done: 0,
  /** A check failed, something was rejected, or nothing was found. */
  failed: 1,
  /** Wrong usage or an invalid setting; nothing was changed. Also if every event of a document was rejected. */
  usage: 2,
  /** Correct usage, but the command could not be completed. */
  unavailable: 3,
} as const;

export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

export const exitStatusTexts: readonly (readonly [status: number, text: string])[] = [
  [exitStatus.done, "Success."],
  [
    exitStatus.failed,
    "A check failed, a document or event was rejected, or nothing was found. Everything else was done.",
  ],
  [
    exitStatus.usage,
    "Wrong usage: an unknown command or option, an invalid value or setting, a file that does not exist or cannot be created, a database that is not empty. Nothing was changed. `ingest` and `sync` also exit with 2 if every event of a document was rejected: they need other keys (`--keyring`) or another `--minimum-proof`.",
  ],
  [
    exitStatus.unavailable,
    "The command could not be completed: the database or server is unavailable, a mirror does not deliver some papers, the disk is full, a port is in use, or pith-graph has a bug. Everything committed before is kept.",
  ],
  [130, "Interrupted by Ctrl-C (SIGINT). Everything committed before is kept."],
  [143, "Terminated by SIGTERM. Everything committed before is kept."],
];
