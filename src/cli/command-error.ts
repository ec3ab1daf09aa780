import { errorText } from "../runtime/error-text.ts";
import { type ExitStatus, exitStatus } from "./exit-status.ts";

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
