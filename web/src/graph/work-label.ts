import { displayYear, extractTitle, looksLikeTitle } from "../text/index.ts";
import type { GraphWork } from "./neighbourhood.ts";

const maxLabelLength = 34;

/** The label of a work: `Maldacena 1998` if its authors are known, else its shortened title, else its identifier. */
export function workLabel(
  work: Pick<GraphWork, "authors" | "year" | "statedYear" | "submittedAt" | "title" | "ref">,
): string {
  const [first, second] = work.authors;
  if (first !== undefined) {
    const more = work.authors.length > 2 ? " et al." : second === undefined ? "" : ` & ${familyName(second)}`;
    const { year } = displayYear(work);
    return truncateLabel(`${familyName(first)}${more}${year === null ? "" : ` ${year}`}`, maxLabelLength);
  }
  const title = extractTitle(work.title ?? "");
  const isTitle = looksLikeTitle(title) || (title !== "" && workIdPattern.test(work.ref));
  return truncateLabel(isTitle ? title : work.ref, maxLabelLength);
}

/** A registry's work id means nothing to readers. */
const workIdPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const suffix = /^(?:jr|sr|ii|iii|iv|v)\.?$/i;
const group = /\b(?:collaboration|consortium|group|team|institute|project)\b/i;

/** The family name: `Maldacena` for `Juan Maldacena`, `'t Hooft` for `Gerard 't Hooft`. */
export function familyName(name: string): string {
  const text = name.trim();
  if (group.test(text)) return text;
  const [family = "", given] = text.split(/,\s*/, 2);
  if (given !== undefined && !suffix.test(given)) return family;
  const words = family.split(/\s+/).filter((word) => !suffix.test(word));
  let from = words.length - 1;
  // Particles are lower-case: van der Waals, 't Hooft.
  while (from > 1 && /^['’]?\p{Ll}/u.test(words[from - 1] ?? "")) from--;
  return words.slice(Math.max(0, from)).join(" ") || text;
}

/** Control, direction and line separator characters: a label is one line. */
const invisible = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu;

/** A name on one line with at most `maxLength` characters, cut between words if possible. */
export function truncateLabel(name: string, maxLength = 44): string {
  const line = name
    .slice(0, 4 * maxLength)
    .replace(invisible, " ")
    .replace(/\s+/g, " ")
    .trim();
  const characters = [...line];
  if (characters.length <= maxLength) return line;
  const cut = characters.slice(0, maxLength).join("");
  const space = cut.lastIndexOf(" ");
  const kept = space >= cut.length / 2 ? cut.slice(0, space) : characters.slice(0, maxLength - 1).join("");
  return `${kept.replace(/[\s,;:.]+$/, "")}…`;
}
