/** Where the output is no terminal that tells its width: characters. */
const usualWidth = 100;
const widestText = 120;

/** Characters that a line of text may have on a stream. */
export function textWidth({ columns }: { readonly columns?: number | undefined }): number {
  return Math.max(40, Math.min(columns ?? usualWidth, widestText));
}

// Zero: what stands upon the character before it, and what only directs. Two: East Asian wide characters, pictures.
const noWidth = /[\p{Mn}\p{Me}\p{Cf}]/u;
const doubleWidth =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;

/** Columns that a text without escape sequences takes on a terminal. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) {
    columns += noWidth.test(character) ? 0 : doubleWidth.test(character) ? 2 : 1;
  }
  return columns;
}

/** A text cut to so many columns, with … for what is cut off. */
export function cutTo(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let result = "";
  let left = columns - 1;
  for (const character of text) {
    left -= columnsOf(character);
    if (left < 0) break;
    result += character;
  }
  return `${result.trimEnd()}…`;
}

/** Breaks a text between words into lines of at most so many columns; longer words stand alone. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/ +/)) {
    if (line !== "" && columnsOf(line) + 1 + columnsOf(word) > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return line === "" ? lines : [...lines, line];
}

export function padded(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - columnsOf(text)));
}

/** `1 paper`, `2 papers`. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : several}`;
}
