import { withoutBrackets, withoutMarks, withoutMathematicalAccents } from "./author-marks.ts";
import {
  isCollective,
  isInitials,
  isSuffix,
  namesCollective,
  type PersonName,
  personOf,
  splitPerson,
  splitSpeaker,
} from "./author-name.ts";
import { foldWhiteSpace, readableText } from "./readable-text.ts";

/** An author: a person with the parts of the name, a group, or a name that cannot be split. */
export type AuthorName =
  | PersonName
  | { readonly kind: "collective"; readonly text: string }
  | { readonly kind: "literal"; readonly text: string };

/** In characters. Longer text between two commas is not a name. */
const maxLength = 300;

/**
 * Parses a list of authors in common notations: commas, semicolons, `and`; `Given Family` or `Family, Given`; suffixes,
 * collaborations, affiliations in brackets, footnote marks, *et al.* (which is dropped). TeX is read as text. The names
 * are in order; `text` of each is for display. Never throws, takes linear time.
 *
 * @example parseAuthors("Robert Downey, Jr. and the X Collaboration (CERN), et al.").map(({ text }) => text)
 * // ["Robert Downey Jr.", "X Collaboration"]
 */
export function parseAuthors(list: string): AuthorName[] {
  const marked = withoutMarks(readableText(withoutMathematicalAccents(list)));
  const text = foldWhiteSpace(plainSeparators(withoutBrackets(marked)));
  return splitList(text).flatMap(parseNames);
}

/** Parses the name of one author. TeX is read as text. Null if it has no letter. */
export function parseName(name: string): AuthorName | null {
  const text = cleanName(foldWhiteSpace(withoutMarks(readableText(withoutMathematicalAccents(name)))));
  return text === "" ? null : classifyName(text);
}

function splitList(text: string): string[] {
  if (!text.includes(";")) return splitByCommas(text);
  return text.split(";").flatMap((piece) => (isInverted(piece) ? [piece] : splitByCommas(piece)));
}

const conjunction =
  / (?:and|\\and|&|et(?!\.? ?al)|und|και|with(?: (?:an appendix|appendices|contributions?) (?:by|from|of))?) /i;

/** Converts commas and semicolons of other scripts to ASCII, and other separators of names to semicolons. */
function plainSeparators(text: string): string {
  return text
    .replace(/^\s*(?:by|authors?:)\s+(?=\p{L})/iu, "")
    .replace(/[，、،]/g, ", ")
    .replace(/[；؛]|\s[•·|/]\s/g, "; ")
    .replace(degrees, "");
}

/** Degrees after a name of several words; after a single word they could be initials. */
const degrees =
  /(?<=\p{L}[\p{L}.]* [\p{L}.'’-]+(?:, (?:Ph\.? ?D\.?|M\.D\.|Jr\.?|Sr\.?))?)(?:, (?:M\.?D|M\.?Sc|B\.?Sc|D\.?Sc|D\.?Phil|MBA|MPH|FRS)\.?)+(?=,|;|$| and )/gu;

function splitByCommas(text: string): string[] {
  const pieces = text.split(conjunction);
  if (pieces.length > 1 && pieces.every(isPlainlyInverted)) return pieces;
  const names: string[] = [];
  for (const part of text.split(",").flatMap((piece) => splitByConjunctions(piece.trim()))) {
    const previous = names.at(-1);
    const goesOn =
      previous !== undefined && (isSuffix(part) || (isInitials(part) && isFamilyAlone(previous)));
    if (goesOn) names[names.length - 1] = `${previous}, ${part}`;
    else names.push(part);
  }
  return names.length === 2 && isInverted(text) && isPlainlyInverted(text) ? [text] : names;
}

/** `ATLAS and CMS Collaborations` is one name. */
function splitByConjunctions(part: string): string[] {
  const text = part.replace(/^(?:and|&) /i, "");
  if (/ collaborations$/i.test(text) && !hasInitials(text)) return [text];
  return text.split(conjunction);
}

function hasInitials(name: string): boolean {
  return /(?:^|[\s.-])\p{Lu}\p{Ll}?\./u.test(name);
}

/** A family name without its initials. */
function isFamilyAlone(name: string): boolean {
  return !name.includes(",") && !hasInitials(name) && !isCollective(name) && /\p{L}{2}/u.test(name);
}

/** Whether a piece can be read as `Family, Given`, perhaps with a suffix. */
function isInverted(piece: string): boolean {
  const [family = "", given = "", ...more] = partsOf(piece).names;
  // Names in scripts without capitals contain no commas.
  const hasCapitals = /\p{Lu}/u.test(family) && /\p{Lu}/u.test(given);
  return more.length === 0 && !conjunction.test(piece) && isFamilyAlone(family) && hasCapitals;
}

/** The parts between commas: names, and suffixes such as `Jr.` after them. */
function partsOf(piece: string): { names: string[]; endings: string[] } {
  const parts = piece.split(",").map((part) => part.trim());
  const isEnding = (part: string, index: number) => index > 0 && isSuffix(part);
  return { names: parts.filter((part, index) => !isEnding(part, index)), endings: parts.filter(isEnding) };
}

/** Whether it is unlikely to be two names: `García Márquez, Gabriel`, but not `Alice Smith, Bob Jones`. */
function isPlainlyInverted(piece: string): boolean {
  if (!isInverted(piece)) return false;
  const [family = "", given = ""] = partsOf(piece).names;
  const isParticle = /^['’]?\p{Ll}/u.test(family);
  // `Peter Chang, J.S.Dowker` are two names, although the second has no space.
  const isOneGiven = !given.includes(" ") && !/\p{Lu}\.\p{Lu}\p{Ll}/u.test(given);
  return !family.includes(" ") || isParticle || isOneGiven || isInitials(given);
}

function parseNames(piece: string): AuthorName[] {
  if (piece.length > maxLength) return [{ kind: "literal", text: piece.trim() }];
  const [, group, rest] = /^([^:]*): ?(.*)$/.exec(piece) ?? [];
  if (group !== undefined && rest !== undefined && (isCollective(group.trim()) || namesCollective(group))) {
    return [group, rest].flatMap(parseNames);
  }
  const spoken = splitSpeaker(piece);
  if (spoken !== null) return [spoken.speaker, spoken.group].flatMap(parseNames);
  const text = cleanName(piece);
  return text === "" ? [] : [classifyName(text)];
}

/** A name without *et al.*, footnote numbers and stray punctuation; empty if no letter is left. */
function cleanName(piece: string): string {
  if (piece.length > maxLength) return piece.trim();
  const text = foldWhiteSpace(piece)
    .replace(/(?:^|[ ,])(?:and )?et\.? ?al(?:ii)?\b.*$/i, "")
    .replace(
      /(?:^|[ ,+])(?:and |& )?(?:\d+|many|several) (?:others|more|(?:more|other|additional) authors?)$/i,
      "",
    )
    .replace(/^(?:and|&|(?:and )?(?:others|etc\.?))$/i, "")
    .replace(/ \+$/, "")
    .replace(/^[\s\d.,:#_]+/, "")
    .replace(/(?<=[\p{L}\p{M}.])[\s\d,:#]+$/u, "")
    .replace(/(?<=\p{Ll}{3})\.$/u, "");
  return /\p{L}/u.test(text) ? text.trim() : "";
}

function classifyName(text: string): AuthorName {
  if (isCollective(text)) return { kind: "collective", text };
  const name = spaceInitials(normalizeHyphens(text).replace(/^(?:Dr|Prof)\.? (?=\p{L}+\.? )/u, ""));
  return inverted(name) ?? familyFirst(name) ?? splitPerson(name) ?? { kind: "literal", text: name };
}

/** One hyphen between the parts of a name, instead of dashes or spaced hyphens. */
function normalizeHyphens(name: string): string {
  return name.replace(/(?<=[\p{L}.]) ?[-‐‑–] ?(?=\p{L})/gu, "-");
}

/** Inserts spaces between initials. */
function spaceInitials(name: string): string {
  const parts = name.split(", ");
  return parts
    .map((part) =>
      isSuffix(part) ? part : part.replace(/(?<=(?<!\p{L})(?!Ph)\p{Lu}\p{Ll}?\.)(?=\p{Lu})/gu, " "),
    )
    .join(", ");
}

/** `Family, Given`, `Family, Jr., Given` and `Given Family, Jr.` */
function inverted(name: string): PersonName | null {
  const { names, endings } = partsOf(name);
  const [family = "", given = "", ...more] = names;
  const [ending = null, ...others] = endings;
  if (more.length + others.length > 0 || (given === "" && ending === null)) return null;
  return given === "" ? splitPerson(`${family} ${ending}`) : personOf(family, given, ending);
}

/** `Smith J` and `Smith JR`, as in medical journals. */
function familyFirst(name: string): PersonName | null {
  const [, family = "", given = ""] =
    /^(\p{Lu}[\p{L}\p{M}'’-]*\p{Ll}) (\p{Lu}|[B-DF-HJ-NP-TV-Z]{2,3})$/u.exec(name) ?? [];
  const person = family === "" || isSuffix(given) ? null : personOf(family, given, null);
  return person === null ? null : { ...person, text: name };
}
