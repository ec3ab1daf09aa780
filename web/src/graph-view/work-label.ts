import { citedTitle, looksLikeTitle } from "../text/cited-title.ts";
import { shownYear } from "../text/shown-year.ts";
import { labelText } from "./label-text.ts";
import type { GraphWork } from "./neighbourhood.ts";

/** Characters of a label in the picture. */
const longest = 34;

/**
 * What a picture writes beside a work: `Maldacena 1998` where its authors are known, else its title shortened at a
 * word, else its identifier.
 */
export function labelOf(
  work: Pick<GraphWork, "authors" | "year" | "statedYear" | "submittedAt" | "title" | "ref">,
): string {
  const [first, second] = work.authors;
  if (first !== undefined) {
    const more = work.authors.length > 2 ? " et al." : second === undefined ? "" : ` & ${familyName(second)}`;
    const { year } = shownYear(work);
    return labelText(`${familyName(first)}${more}${year === null ? "" : ` ${year}`}`, longest);
  }
  const title = citedTitle(work.title ?? "");
  const isTitle = looksLikeTitle(title) || (title !== "" && isWorkId.test(work.ref));
  return labelText(isTitle ? title : work.ref, longest);
}

/** A registry's id of a work tells readers nothing. */
const isWorkId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const suffix = /^(?:jr|sr|ii|iii|iv|v)\.?$/i;
const group = /\b(?:collaboration|consortium|group|team|institute|project)\b/i;

/** The name that people are cited by: `Maldacena` of `Juan Maldacena`, `'t Hooft` of `Gerard 't Hooft`. */
export function familyName(name: string): string {
  const text = name.trim();
  if (group.test(text)) return text;
  const [family = "", given] = text.split(/,\s*/, 2);
  if (given !== undefined && !suffix.test(given)) return family;
  const words = family.split(/\s+/).filter((word) => !suffix.test(word));
  let from = words.length - 1;
  // Particles are written small: van der Waals, 't Hooft.
  while (from > 1 && /^['’]?\p{Ll}/u.test(words[from - 1] ?? "")) from--;
  return words.slice(Math.max(0, from)).join(" ") || text;
}
