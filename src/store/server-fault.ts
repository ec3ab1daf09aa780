// Imports nothing: also a command that opens no database tells with it what an error means.

/**
 * SQLSTATEs of a server that goes, is not ready, or ends the session (also one that was idle in a transaction for too
 * long, 25P03, or had a transaction for too long, 25P04); and of one with no connection left.
 */
const faultStates = /^(?:08...|25P0[34]|57P0[1-5]|53300)$/;
/** What the system says of a connection. */
const systemCodes =
  /^(?:ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;
/** What is said without a code of its own: by node-postgres, and by the system of a socket that is a file. */
const lostMessages =
  /^(?:Connection terminated|Query read timeout|timeout expired|Cannot use a pool after|connect (?:ENOENT|EACCES) )|not queryable|timeout exceeded when trying to connect/;

/** An error's causes are looked into so far. */
const mostCauses = 5;

/**
 * The error, or the cause of it, that is the database server's own or of the way to it, and not of what it was asked:
 * the server goes, comes up, refuses, has no connection left, or cannot be reached. Null where none is.
 */
export function serverFaultOf(error: unknown): Error | null {
  return firstOf(error, (each) => {
    const code = codeOf(each);
    return faultStates.test(code) || systemCodes.test(code) || lostMessages.test(each.message);
  });
}

export function isServerFault(error: unknown): boolean {
  return serverFaultOf(error) !== null;
}

/** SQLSTATEs of a transaction that was ended for others' sake: the same again is not in anybody's way. */
const conflictStates = /^(?:40P01|40001)$/;

/** Whether a transaction was given up for a deadlock, or because it could not be put in order with others. */
export function isConflict(error: unknown): boolean {
  return firstOf(error, (each) => conflictStates.test(codeOf(each))) !== null;
}

/**
 * Whether a row was refused for its key or another constraint (SQLSTATE class 23). What is written is derived, so that
 * is never the fault of a document: it is a defect of this program, or of a row that an earlier one has left.
 */
export function isConstraintViolation(error: unknown): boolean {
  return firstOf(error, (each) => /^23...$/.test(codeOf(each))) !== null;
}

/** The error's message with the table, constraint and detail that PostgreSQL names. */
export function describeDatabaseError(error: Error): string {
  const { table, constraint, detail } = error as { table?: string; constraint?: string; detail?: string };
  const places = [
    table === undefined ? "" : `table ${table}`,
    constraint === undefined ? "" : `constraint ${constraint}`,
    detail ?? "",
  ].filter((place) => place !== "");
  return places.length === 0 ? error.message : `${error.message} (${places.join("; ")})`;
}

/** The error, or the first cause of it, that is such a one. */
function firstOf(error: unknown, isMeant: (each: Error) => boolean): Error | null {
  let each = error;
  for (let depth = 0; each instanceof Error && depth <= mostCauses; depth++) {
    if (isMeant(each)) return each;
    each = each.cause;
  }
  return null;
}

function codeOf(error: Error): string {
  return String((error as { code?: unknown }).code ?? "");
}
