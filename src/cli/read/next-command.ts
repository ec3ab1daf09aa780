import { CommandError } from "../command-error.ts";

/** Characters of what is suggested as words to search for; a search itself takes some more (docs/search.md). */
const longestWords = 200;

/**
 * An error about one of these refs with the search for it as the next thing to do: it is no reference at all, or
 * nothing is known by it. Every other error as it is.
 */
export async function withSearch(error: unknown, refs: readonly string[]): Promise<unknown> {
  if (!(error instanceof CommandError) || error.details.next !== undefined) return error;
  const ref = await doubtfulOf(error, refs);
  const words = ref?.replace(/[\p{C}\s]+/gu, " ").trim() ?? "";
  if (words === "" || words.length > longestWords) return error;
  return error.withNext(`pith-graph search ${words.startsWith("-") ? "-- " : ""}${shellWord(words)}`);
}

async function doubtfulOf(
  { message, details }: CommandError,
  refs: readonly string[],
): Promise<string | undefined> {
  if (details.code === "BAD_USER_INPUT") {
    // Only here: commands that ask a server start sooner without it.
    const { parsePaperRef } = await import("../../protocol/index.ts");
    return refs.find((ref) => parsePaperRef(ref) === null);
  }
  if (details.code !== "NOT_FOUND") return undefined;
  return refs.find((ref) => message.includes(JSON.stringify(ref))) ?? refs[0];
}

/** A text as one word of a POSIX shell, whatever it holds. */
export function shellWord(text: string): string {
  return /["$`\\!]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : `"${text}"`;
}
