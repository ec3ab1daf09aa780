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

  /** `status` defaults to `foundWrong`. */
  constructor(message: string, status: ExitStatus = exitStatus.foundWrong, details: ErrorDetails = {}) {
    super(message);
    this.status = status;
    this.details = details;
  }

  /** The same error with a command to run next. */
  withNext(next: string): CommandError {
    return new CommandError(this.message, this.status, { ...this.details, next });
  }
}

/** Listens; if that fails, the error itself says what to do: usually to choose another port. */
export async function explained<Listening>(listen: () => Promise<Listening>): Promise<Listening> {
  try {
    return await listen();
  } catch (error) {
    throw new CommandError(errorText(error), exitStatus.impossible);
  }
}

/** The exit statuses of commands. The table in docs/cli.md is printed from `exitStatusTexts`. */
export const exitStatus = {
  done: 0,
  /** The subject of the command is missing or not as it should be. */
  foundWrong: 1,
  /** Wrong usage, or the keys that the command needs are missing. */
  misused: 2,
  /** Correct usage, but the command could not be carried out, or not completely. */
  impossible: 3,
} as const;

export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

export const exitStatusTexts: readonly (readonly [status: number, text: string])[] = [
  [exitStatus.done, "Done, and nothing wrong was found."],
  [
    exitStatus.foundWrong,
    "Something wrong was found, or nothing: a document or event is refused, a check failed, tables differ, an installation has a fault, a paper is not held. What could be done was done.",
  ],
  [
    exitStatus.misused,
    "The command was given wrongly: an unknown command or option, a value or a setting that cannot be used, a file that is not there, or that cannot have that name; nothing was begun then. Or `ingest` or `sync` accepted no event of a document: it needs other keys (`--keyring`) or another `--minimum-proof`.",
  ],
  [
    exitStatus.impossible,
    "It could not be carried out, or not completely: no database, no server, papers that a mirror does not deliver yet, no room on the disk, a port in use, a defect of this program. What was committed before is stored.",
  ],
  [130, "Interrupted by Ctrl-C (SIGINT). What was committed before is stored."],
  [143, "Ended by SIGTERM. What was committed before is stored."],
];
