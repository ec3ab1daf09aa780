import stringWidth from "string-width";

/** In characters, for output that is not a terminal with a known width. */
const defaultWidth = 100;
const maxWidth = 120;

/** The maximum length of a line of text on a stream, in characters. */
export function textWidth({ columns }: { readonly columns?: number | undefined }): number {
  return Math.max(40, Math.min(columns ?? defaultWidth, maxWidth));
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** A text cut to a width in terminal columns, with … for the rest. */
export function cutTo(text: string, columns: number): string {
  // No character is wider than two columns.
  if (text.length * 2 <= columns || stringWidth(text) <= columns) return text;
  let result = "";
  let left = columns - 1;
  for (const { segment } of graphemes.segment(text)) {
    left -= stringWidth(segment);
    if (left < 0) break;
    result += segment;
  }
  return `${result.trimEnd()}…`;
}

/** Breaks a text between words into lines of at most `columns` columns; longer words get a line of their own. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/ +/)) {
    if (line !== "" && stringWidth(line) + 1 + stringWidth(word) > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return line === "" ? lines : [...lines, line];
}

export function padded(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - stringWidth(text)));
}

/** `1 paper`, `2 papers`. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : several}`;
}

/** `2 UNSIGNED, 1 UNKNOWN_SIGNER`, the most frequent first. */
export function countsText(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([name, count]) => `${count} ${name}`)
    .join(", ");
}
