import { isServerFault } from "../server-fault.ts";

/**
 * SQLSTATEs of a statement that this replica cannot answer now and the primary can: it was in the way of what is
 * replayed, or a migration has not been replayed yet.
 */
const onlyHereStates = /^(?:40001|40P01|42P01|42703|42883)$/;

/** Whether the primary may answer what a replica has answered with this error. */
export function mayAnswerElsewhere(error: unknown): boolean {
  if (isServerFault(error)) return true;
  return error instanceof Error && onlyHereStates.test(String((error as { code?: unknown }).code ?? ""));
}
