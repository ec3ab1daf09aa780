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

const marks: readonly RegExp[] = [
  // Commands with data about an author beside the name.
  /\\(?:thanks|footnote\w*|inst|altaffil\w*|affil\w*|orcid\w*|email)(?:\[[^[\]]*\])?\{[^{}]*\}/g,
  /(?:https?:\/\/)?(?:www\.)?orcid\.org\/[\dX/-]*/gi,
  /(?:orcid(?: id)?:? ?)?\b\d{4}-\d{4}-\d{4}-\d{3}[\dX]\b/gi,
  /(?<![\w.+-])<?[\w.+-]+@[\w.-]+>?/g,
  /\^(?:\{[^{}]*\}|[\w*†‡§¶])(?:,(?:\{[^{}]*\}|\d))*/g,
  /[\u00b2\u00b3\u00b9\u2070-\u207f*†‡§¶∗⋆★✉]/g,
];

const markOfMathematics =
  /^(?:\s*(?:\{\s*\})?\s*\^|\s*(?:\\(?:dagger|ddagger|ast|star|S|P|sharp|natural|flat)\s*|[\d,*†‡])*$)/;

/** A list of authors without footnote marks, ORCIDs and email addresses. */
function withoutMarks(list: string): string {
  const text = list.replace(/\$([^$]*)\$/g, (mathematics, content: string) =>
    markOfMathematics.test(content) ? "" : mathematics,
  );
  return marks.reduce((rest, mark) => rest.replace(mark, ""), text);
}

const accentsOfMathematics: Readonly<Record<string, string>> = {
  acute: "'",
  grave: "`",
  ddot: '"',
  hat: "^",
  tilde: "~",
  bar: "=",
  check: "v",
  breve: "u",
  dot: ".",
  mathring: "r",
};

const mathematicalAccent =
  /\$\s*\\(acute|grave|ddot|hat|tilde|bar|check|breve|dot|mathring)\s*(?:\{\s*)*(?:\\(?:rm|text|textrm|mathrm|it)\b\s*)?(?:\{\s*)?(\\[ij](?:math)?|[A-Za-z])[\s}]*\$/g;

/** Accented letters in mathematics, `Gonz$\acute{a}$lez`, as in text: `Gonz\'{a}lez`. */
function withoutMathematicalAccents(names: string): string {
  return names.replace(mathematicalAccent, (_, accent: string, letter: string) => {
    return `\\${accentsOfMathematics[accent]}{${letter.replace("math", "")}}`;
  });
}

const pairs: Readonly<Record<string, string>> = { ")": "(", "]": "[" };

/**
 * A list of authors without bracketed text: affiliations, their numbers, other spellings. Names of collaborations in
 * brackets stay, as authors. A numbered list of affiliations at the end is dropped.
 */
function withoutBrackets(list: string): string {
  const ends = bracketEnds(list);
  let names = "";
  let at = 0;
  while (at < list.length) {
    const character = list[at] as string;
    if (character === "(" || character === "[") {
      const end = ends.get(at);
      if (end === undefined) {
        // Never closed: the bracket ends with the name.
        const next = list.slice(at).search(/[,;]/);
        if (next < 0) break;
        at += next;
        continue;
      }
      const content = list.slice(at + 1, end);
      if (isListOfAffiliations(names, content, list.slice(end + 1, end + 3))) break;
      names += collectiveIn(content) || membersIn(names, content);
      at = end + 1;
    } else {
      names += character;
      at++;
    }
  }
  return names;
}

/** Maps the position of an outermost opening bracket to that of its closing bracket. */
function bracketEnds(list: string): ReadonlyMap<number, number> {
  const open: number[] = [];
  const ends = new Map<number, number>();
  for (const { 0: bracket, index } of list.matchAll(/[()[\]]/g)) {
    const opening = pairs[bracket];
    if (opening === undefined) open.push(index);
    else if (list[open.at(-1) ?? -1] === opening) ends.set(open.pop() as number, index);
  }
  return ends;
}

/** Whether this is a list of affiliations after the names: `(1) CERN, …`. */
function isListOfAffiliations(names: string, content: string, following: string): boolean {
  return (
    /\p{L}[^,;]*[,;.] ?$/u.test(names.slice(-80)) &&
    /^(?:\d+|[a-z])$/.test(content) &&
    /^ ?\p{L}/u.test(following)
  );
}

/** `ALICE Collaboration (A. Author, B. Author)`: members named after a collaboration are authors, too. */
function membersIn(names: string, content: string): string {
  const last = names.slice(-200).split(/[,;]/).at(-1)?.trim() ?? "";
  return isCollective(last) && /(?:^|[\s,;])\p{Lu}\. ?(?:\p{Lu}\. ?)*\p{Lu}\p{Ll}/u.test(content)
    ? `, ${content}`
    : "";
}

function collectiveIn(content: string): string {
  if (content.length > 200 || /[()[\]]/.test(content)) return "";
  if (/^(?:for|on behalf of|representing) /i.test(content)) {
    const group = splitSpeaker(content)?.group;
    return group === undefined ? "" : `, ${group}, `;
  }
  return /\b(?:collaborations?|consortium)$/i.test(content) && isCollective(content) ? `, ${content}, ` : "";
}
