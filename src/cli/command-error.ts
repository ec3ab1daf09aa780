import { type ExitStatus, exitStatus } from "./exit-status.ts";

/** Ends a command with a message for the person who gave it, and no stack. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly status: ExitStatus;

  /** `status`: something is not there or not as it should be, unless told. */
  constructor(message: string, status: ExitStatus = exitStatus.foundWrong) {
    super(message);
    this.status = status;
  }
}
