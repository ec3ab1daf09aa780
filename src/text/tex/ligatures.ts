/**
 * Converts TeX's ligatures to characters: quotes in pairs, dashes, and ties (`~` between two things, but not in
 * addresses) to spaces.
 */
export function readLigatures(text: string): string {
  return readQuotes(text)
    .replace(/---?/g, (dashes) => (dashes.length === 3 ? "—" : "–"))
    .replace(/(?<![\s/~\\]|^|\\[A-Za-z]+)~(?=[^\s~])/g, " ");
}

/** Excludes those that belong to a preserved command. */
const quoteMarks = /(?<!\\)(?:``|''|")/g;

function readQuotes(text: string): string {
  const open: number[] = [];
  const quotes = new Map<number, string>();
  for (const { 0: mark, index } of text.matchAll(quoteMarks)) {
    if (mark === "``") open.push(index);
    else {
      const opening = open.pop();
      if (opening === undefined) continue;
      quotes.set(opening, "“").set(index, "”");
    }
  }
  if (quotes.size === 0) return text;
  return text.replace(quoteMarks, (mark, index: number) => quotes.get(index) ?? mark);
}
