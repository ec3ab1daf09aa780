/** `A. Author`, `A. Author and B. Author`, or `A. Author and 5 others`; empty where none is known. */
export function authorsInShort(authors: readonly string[]): string {
  const [first, second] = authors;
  if (first === undefined) return "";
  if (authors.length > 2) return `${first} and ${authors.length - 1} others`;
  return second === undefined ? first : `${first} and ${second}`;
}
