import pg from "pg";
import { errorText } from "../../runtime/error-text.ts";
import { describeDatabaseError, serverFaultOf } from "../../store/server-fault.ts";

/** What went wrong while documents were taken in, as it is kept with the submission. */
export type Fault = {
  /** A SQLSTATE, a system error's code, or `DEFECT`. */
  readonly code: string;
  readonly message: string;
  /** Whether it came from the database or the machine, so that the same documents may succeed later. */
  readonly isInfrastructure: boolean;
};

/**
 * Tells faults of infrastructure (lost connections, deadlocks, a full disk, a server that stops, rows that are in the
 * way: they pass, or are mended) from defects. Faults of documents never come here: `ingestBatch` keeps them in quarantine.
 */
export function faultOf(thrown: unknown): Fault {
  if (!(thrown instanceof Error))
    return { code: "DEFECT", message: errorText(thrown), isInfrastructure: false };
  // What is asked through Drizzle has PostgreSQL's error as its cause.
  const error = serverFaultOf(thrown) ?? (thrown.cause instanceof pg.DatabaseError ? thrown.cause : thrown);
  const { code, syscall } = error as NodeJS.ErrnoException;
  const message = errorText(error);
  if (error instanceof pg.DatabaseError) {
    return { code: code ?? "DATABASE", message: describeDatabaseError(error), isInfrastructure: true };
  }
  if (code !== undefined && syscall !== undefined) return { code, message, isInfrastructure: true };
  if (serverFaultOf(error) !== null)
    return { code: code ?? "CONNECTION_LOST", message, isInfrastructure: true };
  return { code: "DEFECT", message: `${error.name}: ${message}`, isInfrastructure: false };
}
