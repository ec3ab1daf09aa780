/** White space, controls and characters that nobody sees, which spreadsheets drop when they read a cell. */
const blank = String.raw`[\u0001-\u0020\u007f-\u00a0\u00ad\u061c\u115f\u1160\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff]`;
const operator = String.raw`[=+@\uff1d\uff0b\uff0d\uff20\u2212\ufe62\ufe63\ufe66\ufe6b-]`;

/** How many characters at the beginning decide: long texts should not cost more. */
export const formulaLength = 64;

/**
 * Texts that a spreadsheet would run, as a regular expression of JavaScript and PostgreSQL alike: they begin with `=`,
 * `+`, `-` or `@`, also full-width or after white space; or with a tab or a line end, which begins a cell of its own in
 * what is pasted. What has more white space than is looked at counts too.
 */
export const formulaPattern = String.raw`^${blank}*${operator}|^[\u0009\u000a\u000d]|^${blank}{${formulaLength}}`;

/**
 * A formula after what ends a cell where the file is opened with semicolons or tabs between cells: quotation marks within
 * a line enclose nothing then, and a line end within a text ends the row.
 */
export const innerFormulaPattern = String.raw`([;\u0009\u000a\u000d](?:["]|${blank})*)(${operator})`;

/** Texts that are a number: nothing in them can be run. */
export const numberPattern = "^[+-]?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?$";

const formula = new RegExp(formulaPattern);
const innerFormula = new RegExp(innerFormulaPattern, "g");
const number = new RegExp(numberPattern);

/**
 * A text as it can stand in a cell of CSV that somebody opens in a spreadsheet, whatever that takes for the separator: an
 * apostrophe before what would be run as a formula keeps it text. `=1+1` becomes `'=1+1`, and `a;=1` becomes `a;'=1`;
 * `-1.5` stays.
 */
export function spreadsheetText(text: string): string {
  const inner = text.replace(innerFormula, "$1'$2");
  return formula.test(text.slice(0, formulaLength)) && !number.test(text) ? `'${inner}` : inner;
}
