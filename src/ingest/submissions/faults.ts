import pg from "pg";

/** What went wrong while documents were taken in, as it is kept with the submission. */
export type Fault = {
  /** A SQLSTATE, a system error's code, or `DEFECT`. */
  readonly code: string;
  readonly message: string;
  /** Whether the database or the machine is at fault, not this program. */
  readonly isInfrastructure: boolean;
};

/** What node-postgres says, without a code, of connections that are lost or were not to be had. */
const connectionMessage = /^Connection terminated|timeout exceeded when trying to connect|not queryable/;

/**
 * Tells faults of infrastructure (lost connections, deadlocks, a full disk, a server that stops: they pass) from
 * defects. Faults of documents never come here: `takeIn` keeps them in quarantine.
 */
export function faultOf(error: unknown): Fault {
  if (!(error instanceof Error)) return { code: "DEFECT", message: String(error), isInfrastructure: false };
  const { code, syscall } = error as NodeJS.ErrnoException;
  const message = error.message;
  if (error instanceof pg.DatabaseError) return { code: code ?? "DATABASE", message, isInfrastructure: true };
  if (code !== undefined && (syscall !== undefined || code === "ECONNREFUSED")) {
    return { code, message: message || code, isInfrastructure: true };
  }
  if (connectionMessage.test(message)) return { code: "CONNECTION_LOST", message, isInfrastructure: true };
  return { code: "DEFECT", message: `${error.name}: ${message}`, isInfrastructure: false };
}
