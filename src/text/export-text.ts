/** Characters that need no escape in XML, or in any other graph format. */
export const plainNodeCharacters = "A-Za-z0-9._:/()#;-";

const others = new RegExp(`[^${plainNodeCharacters}]`, "gu");

/**
 * The id of a work's vertex in graph files: the work's key with other characters percent-encoded. So a work has the
 * same id in every export of every mirror: `arxiv:hep-th/9711200`, `doi:10.1000/a%22b`.
 */
export function graphNodeId(workKey: string): string {
  return workKey.replace(others, (character) =>
    Array.from(
      new TextEncoder().encode(character),
      (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
    ).join(""),
  );
}

/** White space, controls and invisible characters, which spreadsheets drop when they read a cell. */
const blank = String.raw`[\u0001-\u0020\u007f-\u00a0\u00ad\u061c\u115f\u1160\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff]`;
const operator = String.raw`[=+@\uff1d\uff0b\uff0d\uff20\u2212\ufe62\ufe63\ufe66\ufe6b-]`;

/** The number of leading characters that are checked: long texts should not cost more. */
export const formulaLength = 64;

/**
 * Matches texts that a spreadsheet would run, in JavaScript and PostgreSQL alike: they begin with `=`, `+`, `-` or `@`,
 * also full-width or after white space; or with a tab or a line end, which starts a new cell in pasted text. A text
 * with more leading white space than is checked matches, too.
 */
export const formulaPattern = String.raw`^${blank}*${operator}|^[\u0009\u000a\u000d]|^${blank}{${formulaLength}}`;

/**
 * Matches a formula after a cell separator, for files opened with semicolons or tabs as separators: quotation marks
 * within a line enclose nothing then, and a line end within a text ends the row.
 */
export const innerFormulaPattern = String.raw`([;\u0009\u000a\u000d](?:["]|${blank})*)(${operator})`;

/** Matches numbers: they contain nothing to run. */
export const numberPattern = "^[+-]?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?$";

const formula = new RegExp(formulaPattern);
const innerFormula = new RegExp(innerFormulaPattern, "g");
const number = new RegExp(numberPattern);

/**
 * Makes a text safe for a CSV cell that is opened in a spreadsheet, whatever its separator: an apostrophe before a
 * formula keeps it text. `=1+1` becomes `'=1+1`, and `a;=1` becomes `a;'=1`; `-1.5` stays.
 */
export function spreadsheetText(text: string): string {
  const inner = text.replace(innerFormula, "$1'$2");
  return formula.test(text.slice(0, formulaLength)) && !number.test(text) ? `'${inner}` : inner;
}
