/** Marks that turn the direction of what follows, and other characters that show nothing: in a picture, all text has one line. */
const unseen = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu;

/** A name as a picture writes it: one line of at most so many characters, cut after a word where one ends in time. */
export function labelText(name: string, most = 44): string {
  const line = name
    .slice(0, 4 * most)
    .replace(unseen, " ")
    .replace(/\s+/g, " ")
    .trim();
  const characters = [...line];
  if (characters.length <= most) return line;
  const cut = characters.slice(0, most).join("");
  const space = cut.lastIndexOf(" ");
  const kept = space >= cut.length / 2 ? cut.slice(0, space) : characters.slice(0, most - 1).join("");
  return `${kept.replace(/[\s,;:.]+$/, "")}…`;
}
