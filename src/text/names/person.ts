import { parse as splitParticle } from "@citation-js/name";

/** A person's name in its parts. */
export type PersonName = {
  readonly kind: "person";
  /** In the order of speech: `Jan van der Berg Jr.` */
  readonly text: string;
  readonly given: string;
  /** `van der`; null where there is none. */
  readonly particle: string | null;
  readonly family: string;
  /** `Jr.`, `III`; null where there is none. */
  readonly suffix: string | null;
};

const suffix = /^(?:[js]r\.?|junior|senior|I{2,3}|IV|VI{1,3}|[23](?:nd|rd)|Ph\.? ?D\.?|M\.D\.|Esq\.?)$/i;

/** Whether a word is one that follows a family name: `Jr.`, `III`. */
export function isSuffix(text: string): boolean {
  return suffix.test(text);
}

const initials = /^(?:\p{Lu}\p{Ll}?\.[\s-]?|\p{Lu}(?=[\s-]|$)[\s-]?){1,6}$/u;

/** Whether a text is initials alone: `J.`, `J.-B.`, `R H`, `Yu. A.` */
export function isInitials(text: string): boolean {
  return initials.test(text);
}

/** Longer texts are no names of one person. */
const maxLength = 120;

/** Particles that the library takes for a given name; as a rule they begin with a capital. */
const otherParticle = /^(?:'[a-z]+|’[a-z]+|[EA]l|D[aeo]s|Dal|Le|Ten|Den|Der|Zu[mr]?)$/;

/** The name of a person in the order of speech; null where it cannot be told apart. */
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

/** What the words before the last are: given names, particles, and the beginning of a family name of several words. */
function beforeFamily(words: readonly string[]): { given: string; particle: string | null; family: string } {
  // The library reads `Ma` and `V` at the end as degrees and numbers, so it gets another last word.
  const parts = splitParticle(`${words.join(" ")} Family`);
  const family = (parts.family ?? "").replace(/Family$/, "");
  const given = [parts["dropping-particle"]?.trim(), parts.given].filter(Boolean).join(" ").split(" ");
  let start = given.length;
  while (start > 1 && otherParticle.test(given[start - 1] ?? "")) start--;
  const particle = [...given.slice(start), parts["non-dropping-particle"]].filter(Boolean).join(" ");
  return { given: given.slice(0, start).join(" "), particle: particle === "" ? null : particle, family };
}

/** A name whose family part is known: `van der Berg` and `Jan`. */
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
