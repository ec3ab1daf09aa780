/** Characters that need no escape in XML, or in any other graph format. */
export const plainNodeCharacters = "A-Za-z0-9._:/()#;-";

const others = new RegExp(`[^${plainNodeCharacters}]`, "gu");

/**
 * The id of a work's vertex in graph files: the work's key with other characters percent-encoded. So a work has the
 * same id in every export of every mirror: `arxiv:hep-th/9711200`, `doi:10.1000/a%22b`.
 */
export function nodeIdOf(workKey: string): string {
  return workKey.replace(others, (character) =>
    Array.from(
      new TextEncoder().encode(character),
      (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
    ).join(""),
  );
}
