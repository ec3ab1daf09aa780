/// <reference path="./citation-js-name.d.ts" />
import { parse as splitParticle } from "@citation-js/name";

/** A person's name in parts. */
export type PersonName = {
  readonly kind: "person";
  /** For display: `Jan van der Berg Jr.`; the ambiguous `Smith JR` stays as written. */
  readonly text: string;
  readonly given: string;
  /** `van der`; null if there is none. */
  readonly particle: string | null;
  readonly family: string;
  /** `Jr.`, `III`; null if there is none. */
  readonly suffix: string | null;
};

const suffix = /^(?:[js]r\.?|junior|senior|I{2,3}|IV|VI{1,3}|[23](?:nd|rd)|Ph\.? ?D\.?|M\.D\.|Esq\.?)$/i;

/** Whether a word is a suffix of a family name: `Jr.`, `III`. */
export function isSuffix(text: string): boolean {
  return suffix.test(text);
}

const initials = /^(?:\p{Lu}\p{Ll}?\.[\s-]?|\p{Lu}(?=[\s-]|$)[\s-]?){1,6}$/u;

/** Whether a text is only initials: `J.`, `J.-B.`, `R H`, `Yu. A.` */
export function isInitials(text: string): boolean {
  return initials.test(text);
}

/** In characters. Longer texts are not the name of one person. */
const maxLength = 120;

/** Particles that the library takes for given names, since most begin with a capital. */
const otherParticle = /^(?:'[a-z]+|’[a-z]+|[EA]l|D[aeo]s|Dal|Le|Ten|Den|Der|Zu[mr]?)$/;

/** A person's name in natural order; null if its parts cannot be determined. */
export function splitPerson(name: string): PersonName | null {
  if (name.length > maxLength || /[,;:\\${}"]/.test(name)) return null;
  const words = name.split(" ");
  const last = words.at(-1) ?? "";
  const ending = words.length > 2 && isSuffix(last) ? last : null;
  if (ending !== null) words.pop();
  const [family = ""] = words.splice(-1);
  if (family === "" || words.length === 0 || !/\p{L}/u.test(family)) return null;
  const before = beforeFamily(words);
  return before.given === "" ? null : person({ ...before, family: before.family + family, suffix: ending });
}

/** Splits the words before the last: given names, particle, and the beginning of a multi-word family name. */
function beforeFamily(words: readonly string[]): { given: string; particle: string | null; family: string } {
  const { particle, family } = partsOf(words);
  let start = words.length - particle - family;
  // A first name that is a particle elsewhere: Pietro, Van.
  if (start <= 0) start = /^['’]?\p{Ll}/u.test(words[0] ?? "") ? 0 : 1;
  const end = Math.max(start, words.length - family);
  while (start > 1 && otherParticle.test(words[start - 1] ?? "")) start--;
  const join = (from: number, to: number) => words.slice(from, to).join(" ");
  return {
    given: join(0, start),
    particle: start === end ? null : join(start, end),
    family: end === words.length ? "" : `${join(end, words.length)} `,
  };
}

/** How many of the words before the last belong to a particle, and how many to the family name. */
function partsOf(words: readonly string[]): { particle: number; family: number } {
  // The library takes `Ma` or `V` at the end for degrees and numbers, and `O.` for a particle: they are replaced for
  // it.
  const shape = words.map((word) => (isInitials(word) ? "Given" : word));
  const parts = splitParticle(`${shape.join(" ")} Family`);
  const count = (text = "") => text.split(" ").filter((word) => word !== "").length;
  const family = count(parts.family ?? parts.literal) - 1;
  return { particle: count(parts["non-dropping-particle"]), family: Math.max(0, family) };
}

/** A name with a known family part: `van der Berg` and `Jan`. */
export function personOf(family: string, given: string, ending: string | null): PersonName | null {
  if (family.length + given.length > maxLength || !/\p{L}/u.test(family) || !/\p{L}/u.test(given))
    return null;
  const words = family.split(" ");
  let start = 0;
  while (start < words.length - 1 && /^['’]?\p{Ll}/u.test(words[start] ?? "")) start++;
  return person({
    given,
    particle: start === 0 ? null : words.slice(0, start).join(" "),
    family: words.slice(start).join(" "),
    suffix: ending,
  });
}

function person(parts: Omit<PersonName, "kind" | "text">): PersonName {
  const { given, particle, family, suffix: ending } = parts;
  const text = [given, particle, family, ending].filter((part) => part !== null).join(" ");
  return { kind: "person", text, ...parts };
}

const kinds =
  "collaborations?|collab\\.?|consorti(?:um|a)|working groups?|study group|research group|group|team|task force|" +
  "committee|experiment|network|project|initiative|institut(?:e|ion)|university|association|society|council|" +
  "foundation|laborator(?:y|ies)|observatory|agency|organi[sz]ation|partnership|panel";
const collective = new RegExp(`(?:^|[\\s-])(?:${kinds})$|(?:^|\\s)(?:collaborations?|consortium)\\s`, "i");

/** Whether a name is a group's: `ATLAS Collaboration`, `The Event Horizon Telescope`. */
export function isCollective(name: string): boolean {
  return collective.test(name) || /^the \p{L}/iu.test(name);
}

const named = new RegExp(`(?:^|[\\s-])(?:${kinds}|authors)(?=\\s|$)`, "i");

/** Whether the text before a colon names a group: `Gemini Team Google`, `BIG-bench authors`. */
export function namesCollective(lead: string): boolean {
  return named.test(lead.trim());
}

const spokenFor =
  /^(.*?)[\s(]*(?:\bfor|\bon behalf of|\brepresenting) (the .*|[^()]*\b(?:collaborations?|consortium|group|team))$/i;

/** The speaker and the group that they speak for: `J. Doe for the X Collaboration`. Null if there is no group. */
export function splitSpeaker(name: string): { readonly speaker: string; readonly group: string } | null {
  const [, speaker = "", group = ""] = spokenFor.exec(name) ?? [];
  return group !== "" && isCollective(group)
    ? { speaker: speaker.trim(), group: group.replace(/^the /i, "") }
    : null;
}
