/** An error as text for people: its message; of anything else that was thrown, the value itself. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
