import { accents, letterCommands } from "./commands.ts";
import { isSafeMathematics } from "./mathematics.ts";
import { findRegions } from "./regions.ts";

const escapes: ReadonlyMap<string, string> = new Map([
  ["\\", "{\\textbackslash}"],
  // Not \{ and \}: BibTeX counts those as braces too, and an unmatched one would end the field elsewhere.
  ["{", "{\\textbraceleft}"],
  ["}", "{\\textbraceright}"],
  ["$", "\\$"],
  ["&", "\\&"],
  ["#", "\\#"],
  ["%", "\\%"],
  ["_", "\\_"],
  ["~", "{\\textasciitilde}"],
  ["^", "{\\textasciicircum}"],
  // TeX's default font encoding has other characters at these positions.
  ["<", "{\\textless}"],
  [">", "{\\textgreater}"],
  ["|", "{\\textbar}"],
  ["“", "``"],
  ["”", "''"],
  ["‘", "`"],
  ["’", "'"],
  ["–", "--"],
  ["—", "---"],
  ["…", "{\\ldots}"],
  ["\u00a0", "~"],
  // Letters with a ring are written as accents: more readers know \\r than \\aa.
  ...Array.from(letterCommands, ([name, letter]) => [letter, `{\\${name}}`] as const).filter(
    ([letter]) => !/å/i.test(letter),
  ),
]);

const accentNames: ReadonlyMap<string, string> = new Map(
  Array.from(accents, ([name, mark]) => [mark, name] as const),
);

/**
 * Converts Unicode text to TeX for a BibTeX field: accented letters as `{\"a}`, characters that TeX would obey escaped,
 * mathematics preserved if it is balanced and has only commands of mathematics. Letters without a TeX command (Greek,
 * CJK) stay unchanged. Braces of the result are balanced. `texToText` reads it back.
 *
 * @example textToTex("Färber: 100% of $\\infty$-types") // "F{\\\"a}rber: 100\\% of $\\infty$-types"
 */
export function textToTex(text: string): string {
  let result = "";
  let from = 0;
  for (const { start, end } of findRegions(text).mathematics) {
    const mathematics = text.slice(start, end);
    if (!isSafeMathematics(mathematics)) continue;
    result += escaped(text.slice(from, start)) + withSwitchesInGroups(mathematics);
    from = end;
  }
  return result + escaped(text.slice(from));
}

const fontSwitch = /\\(?:rm|bf|it|sf|tt)(?![A-Za-z])/;

/**
 * Mathematics with a font switch and the text after it in a group of its own, which means the same: citation-js cannot
 * read scripts after a switch outside groups, and then rejects the complete file.
 */
function withSwitchesInGroups(mathematics: string): string {
  const first = fontSwitch.exec(mathematics);
  if (first === null || !/[_^]/.test(mathematics.slice(first.index))) return mathematics;
  const before = mathematics.slice(0, first.index);
  const isInGroup =
    before.replaceAll("\\{", "").split("{").length > before.replaceAll("\\}", "").split("}").length;
  if (isInGroup) return mathematics;
  const width = mathematics.startsWith("$") && !mathematics.startsWith("$$") ? 1 : 2;
  return `${before}{${mathematics.slice(first.index, -width)}}${mathematics.slice(-width)}`;
}

const special = /[\\{}$&#%_~^<>|]|[\u0080-\u024f\u1e00-\u1eff\u2010-\u2026]/gu;

function escaped(text: string): string {
  return text
    .normalize("NFC")
    .replace(special, (character) => escapes.get(character) ?? accentTex(character));
}

/** A letter with one accent that has a TeX command; any other character unchanged. */
function accentTex(character: string): string {
  const [base = "", mark = "", ...more] = character.normalize("NFD");
  const name = accentNames.get(mark);
  if (name === undefined || more.length > 0 || !/^[A-Za-z]$/.test(base)) return character;
  return /[a-z]/i.test(name) ? `{\\${name}{${base}}}` : `{\\${name}${base}}`;
}
