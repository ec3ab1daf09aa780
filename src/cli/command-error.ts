import { errorText } from "../runtime/error-text.ts";

/** What a message does not say for programs, or of what may be done now. */
export type ErrorDetails = {
  /** One of the codes of errors in docs/api.md. */
  readonly code?: string;
  /** A command to be given next, as one would type it. */
  readonly next?: string;
};

/** Ends a command with a message for the person who gave it, and no stack. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly status: ExitStatus;
  readonly details: ErrorDetails;

  /** `status`: something is not there or not as it should be, unless told. */
  constructor(message: string, status: ExitStatus = exitStatus.foundWrong, details: ErrorDetails = {}) {
    super(message);
    this.status = status;
    this.details = details;
  }

  /** The same error with a command to be given next. */
  withNext(next: string): CommandError {
    return new CommandError(this.message, this.status, { ...this.details, next });
  }
}

/** Listens; where that fails, the error says what to do itself: most often to take another port. */
export async function explained<Listening>(listen: () => Promise<Listening>): Promise<Listening> {
  try {
    return await listen();
  } catch (error) {
    throw new CommandError(errorText(error), exitStatus.impossible);
  }
}

/** What a command's exit status says. The table in docs/cli.md is printed from `exitStatusTexts`. */
export const exitStatus = {
  done: 0,
  /** What was looked at is not as it should be, or not there. */
  foundWrong: 1,
  /** The command was given wrongly, or without the keys that it needs. */
  misused: 2,
  /** The command was right, and could not be carried out, or not completely. */
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
