import pg from "pg";
import { errorText } from "../runtime/index.ts";
import { describeDatabaseError, findServerFault } from "../store/index.ts";

/** A fault during the ingest of documents, as stored with the submission. */
export type Fault = {
  /** A SQLSTATE, a system error code, or `DEFECT`. */
  readonly code: string;
  readonly message: string;
  /** Whether the database or the machine caused it, so that the same documents may succeed later. */
  readonly isInfrastructure: boolean;
};

/**
 * Distinguishes infrastructure faults, which pass or get repaired (lost connections, deadlocks, a full disk, a server
 * shutdown, conflicting rows), from defects. Document faults never get here: `ingestBatch` quarantines them.
 */
export function faultOf(thrown: unknown): Fault {
  if (!(thrown instanceof Error))
    return { code: "DEFECT", message: errorText(thrown), isInfrastructure: false };
  // Drizzle wraps PostgreSQL's error as its cause.
  const error = findServerFault(thrown) ?? (thrown.cause instanceof pg.DatabaseError ? thrown.cause : thrown);
  const { code, syscall } = error as NodeJS.ErrnoException;
  const message = errorText(error);
  if (error instanceof pg.DatabaseError) {
    return { code: code ?? "DATABASE", message: describeDatabaseError(error), isInfrastructure: true };
  }
  if (code !== undefined && syscall !== undefined) return { code, message, isInfrastructure: true };
  if (findServerFault(error) !== null)
    return { code: code ?? "CONNECTION_LOST", message, isInfrastructure: true };
  return { code: "DEFECT", message: `${error.name}: ${message}`, isInfrastructure: false };
}
