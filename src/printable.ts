// Control characters but the tab, those that end a line, and those that turn the direction of writing around.
const unprintable = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * A line for a terminal or a log, in which nothing that somebody else wrote (a file's name, a header of another mirror)
 * moves the cursor, erases, begins another line, or shows in another order: such characters are written as `\u{9b}`.
 */
export function printable(line: string): string {
  return line.replace(unprintable, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`);
}
