/** `“one”`, or `“one”, “two”`; of more than five the first five and how many more. */
export function quoted(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `“${name.slice(0, 80)}”`);
  return shown.join(", ") + (names.length > shown.length ? ` and ${names.length - shown.length} more` : "");
}
