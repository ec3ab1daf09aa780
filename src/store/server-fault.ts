// Imports nothing, since commands that open no database use it too.

/**
 * SQLSTATEs of a server that shuts down, is not ready, or ends the session (also one idle in a transaction for too
 * long, 25P03, or in a transaction for too long, 25P04); and of one without free connections.
 */
const faultStates = /^(?:08...|25P0[34]|57P0[1-5]|53300)$/;
/** System error codes of a connection. */
const systemCodes =
  /^(?:ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;
/** Messages without a code: from node-postgres, and from the system for a Unix socket. */
const connectionLostMessages =
  /^(?:Connection terminated|Query read timeout|timeout expired|Cannot use a pool after|connect (?:ENOENT|EACCES) )|not queryable|timeout exceeded when trying to connect/;

/** Maximum depth of an error's causes that is inspected. */
const maxCauseDepth = 5;

/**
 * The error, or its first cause, that is a fault of the database server or the connection to it, not of the statement:
 * the server shuts down, starts up, refuses, has no free connection, or cannot be reached. Null if there is none.
 */
export function findServerFault(error: unknown): Error | null {
  return findCause(error, (each) => {
    const code = codeOf(each);
    return faultStates.test(code) || systemCodes.test(code) || connectionLostMessages.test(each.message);
  });
}

export function isServerFault(error: unknown): boolean {
  return findServerFault(error) !== null;
}

/**
 * SQLSTATEs of a statement that this replica cannot answer now but the primary can: it conflicted with replay, or a
 * migration has not been replayed yet.
 */
const replicaStates = /^(?:40001|40P01|42P01|42703|42883)$/;

/** Whether to send a statement to the primary after this error of a replica. */
export function isAnsweredByPrimary(error: unknown): boolean {
  if (isServerFault(error)) return true;
  return error instanceof Error && replicaStates.test(codeOf(error));
}

/** SQLSTATEs of a transaction that was ended in favour of others: it can be retried. */
const conflictStates = /^(?:40P01|40001)$/;

/** Whether a transaction failed because of a deadlock or a serialization failure. */
export function isConflict(error: unknown): boolean {
  return findCause(error, (each) => conflictStates.test(codeOf(each))) !== null;
}

/** Whether PostgreSQL, or Citus, cannot run a statement of this form. */
export function isUnsupported(error: unknown): boolean {
  return findCause(error, (each) => codeOf(each) === "0A000") !== null;
}

/** Whether a lock was not available within `lock_timeout`. */
export function isLockTimeout(error: unknown): boolean {
  return findCause(error, (each) => codeOf(each) === "55P03") !== null;
}

/** Whether the user lacks a privilege, such as that of a table's owner. */
export function isPrivilegeMissing(error: unknown): boolean {
  return findCause(error, (each) => codeOf(each) === "42501") !== null;
}

/**
 * Whether a row violated its key or another constraint (SQLSTATE class 23). Written rows are derived, so this is never
 * the fault of a document: it is a defect of this program, or of a row that an earlier version has left.
 */
export function isConstraintViolation(error: unknown): boolean {
  return findCause(error, (each) => /^23...$/.test(codeOf(each))) !== null;
}

/** The error's message with the table, constraint and detail that PostgreSQL reports. */
export function describeDatabaseError(error: Error): string {
  const { table, constraint, detail } = error as { table?: string; constraint?: string; detail?: string };
  const places = [
    table === undefined ? "" : `table ${table}`,
    constraint === undefined ? "" : `constraint ${constraint}`,
    detail ?? "",
  ].filter((place) => place !== "");
  return places.length === 0 ? error.message : `${error.message} (${places.join("; ")})`;
}

/** The first match of the error and its causes. */
function findCause(error: unknown, predicate: (each: Error) => boolean): Error | null {
  let each = error;
  for (let depth = 0; each instanceof Error && depth <= maxCauseDepth; depth++) {
    if (predicate(each)) return each;
    each = each.cause;
  }
  return null;
}

function codeOf(error: Error): string {
  return String((error as { code?: unknown }).code ?? "");
}
