import { cutTo } from "./layout.ts";

/** Complete escape sequences of terminals: CSI; OSC and the other strings, to their end; and the two-character ones. */
const escapeSequence =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]?/g;

/**
 * Remaining control characters, and invisible characters that change how others are shown: invisible operators,
 * deprecated format characters, byte order marks, annotations, tags.
 */
const unseen =
  /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

const blanks = /[\s\u0085\u2028\u2029]+/g;

/** Marks of writing direction, and right-to-left letters: Hebrew, Arabic and related scripts. */
const directed =
  /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

const firstStrongIsolate = "\u2068";
const popIsolate = "\u2069";
const popEmbedding = "\u202c";

/**
 * Sanitizes a text of a document or of another server to one line for a terminal: it can neither give the terminal
 * commands nor reverse the text beside it. Escape sequences and control characters are removed, white space becomes one
 * space, and a text that sets its own direction is isolated, with balanced marks. It is cut to `columns`, if given.
 */
export function sanitize(text: string, columns = Number.POSITIVE_INFINITY): string {
  const whole = text.replace(escapeSequence, "").replace(unseen, "").replace(blanks, " ").trim();
  const plain = cutTo(whole, columns);
  if (!directed.test(plain)) return plain;
  return `${firstStrongIsolate}${balanced(plain)}${popIsolate}`;
}

/** Closes marks that a text opens, and drops unmatched closing ones, which could close the isolate around it. */
function balanced(text: string): string {
  const open: string[] = [];
  let result = "";
  for (const character of text) {
    if (/[\u202a\u202b\u202d\u202e]/.test(character)) open.push(popEmbedding);
    else if (/[\u2066-\u2068]/.test(character)) open.push(popIsolate);
    else if (character === popEmbedding || character === popIsolate) {
      if (open.at(-1) !== character) continue;
      open.pop();
    }
    result += character;
  }
  return result + open.reverse().join("");
}

/** Characters that JSON.stringify does not escape although a terminal obeys or hides them, or turns text around. */
const unsafeInJson =
  /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

/** A value as one line of JSON that is safe for a terminal: the same value, with such characters written as `\u….` */
export function jsonLine(value: unknown): string {
  return escapedJson(JSON.stringify(value));
}

/** JSON text with characters that a terminal would obey written as `\u….`: the same value. */
export function escapedJson(json: string): string {
  return json.replace(unsafeInJson, (found) =>
    [...Array(found.length).keys()]
      .map((index) => `\\u${found.charCodeAt(index).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}
