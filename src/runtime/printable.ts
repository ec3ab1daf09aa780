// Control characters except the tab, line separators, and characters that change the direction of text.
const unprintable = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Escapes a line for a terminal or a log. Foreign text (a file name, a header of another mirror) cannot move the
 * cursor, erase, start another line or change the order of display: such characters are written as `\u{9b}`.
 */
export function printable(line: string): string {
  return line.replace(unprintable, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`);
}
