/** SQLSTATEs of a server that goes, is not ready, or ends the session; and of one with no connection left. */
const faultStates = /^(?:08...|57P0[1-5]|53300)$/;
/** What the system says of a connection. */
const systemCodes =
  /^(?:ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOENT|EACCES)$/;
/** What node-postgres says without a code. */
const lostMessages = /^(?:Connection terminated|Query read timeout|Cannot use a pool after)|not queryable/;

/**
 * SQLSTATEs of a statement that this replica cannot answer now and the primary can: it was in the way of what is
 * replayed, or a migration has not been replayed yet.
 */
const onlyHereStates = /^(?:40001|40P01|42P01|42703|42883)$/;

/** Whether an error is the server's own, or of the way to it, and not of what it was asked. */
export function isServerFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = String((error as { code?: unknown }).code ?? "");
  return faultStates.test(code) || systemCodes.test(code) || lostMessages.test(error.message);
}

/** Whether the primary may answer what a replica has answered with this error. */
export function mayAnswerElsewhere(error: unknown): boolean {
  if (isServerFault(error)) return true;
  return error instanceof Error && onlyHereStates.test(String((error as { code?: unknown }).code ?? ""));
}
