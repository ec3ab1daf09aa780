/** White space and controls, which spreadsheets drop when they read a cell. */
const blank = String.raw`[\u0001-\u0020\u007f-\u00a0\u2000-\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]`;

/**
 * Texts that a spreadsheet would run, as a regular expression of JavaScript and PostgreSQL alike: they begin with `=`,
 * `+`, `-` or `@`, also full-width or after white space; or with a tab or a line end, which begins a cell of its own in
 * what is pasted.
 */
export const formulaPattern = String.raw`^${blank}*[=+@\uff1d\uff0b\uff0d\uff20\u2212\ufe62\ufe63\ufe66\ufe6b-]|^[\u0009\u000a\u000d]`;

/** How many characters at the beginning decide: long texts should not cost more. */
export const formulaLength = 64;

/** Texts that are a number: nothing in them can be run. */
export const numberPattern = "^[+-]?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?$";

const formula = new RegExp(formulaPattern);
const number = new RegExp(numberPattern);

/**
 * A text as it can stand in a cell of CSV that somebody opens in a spreadsheet: an apostrophe before what would be run
 * as a formula keeps it text. `=1+1` becomes `'=1+1`; `-1.5` stays.
 */
export function spreadsheetText(text: string): string {
  return formula.test(text.slice(0, formulaLength)) && !number.test(text) ? `'${text}` : text;
}
