/** A title is near the beginning of a reference: only this many characters are read. */
const maxReadLength = 600;
/** A word of an author list: `Lee`, `M.`, `MJ`, `van`, `and`, `al.` */
const nameWord = /^(?:\p{Lu}[\p{L}'’.-]*|van|von|de|der|den|di|la|le|and|et|al\.?)$/u;
/** `A. B. Lee, C. Doe, and ` at the start: initials first. */
const initialsFirst =
  /^(?:(?:and\s+|&\s+)?(?:\p{Lu}\.[\s-]?)+(?:(?:van|von|de|der|di)\s)*\p{Lu}[\p{L}'’-]+(?:,\s*|\s+(?=and\s|&\s)))+/u;
/** `Lee, A. B., and Doe, C. ` at the start: surname first. */
const surnameFirst = /^(?:(?:and\s+|&\s+)?\p{Lu}[\p{L}'’-]+,\s(?:\p{Lu}\.[\s-]?)+[,;]?\s*)+/u;
const quoted = /[“"«„]([^”"»“]{8,}?)[,.]?[”"»“]/u;
const afterYear = /^.{3,400}?[\s(.,](?:1[6-9]|20)\d\d[a-z]?\)?[.:]\s+(.{8,})$/u;
const afterColon = /\p{Lu}\.:\s+(.{8,})$/u;
const sentenceEnd = /(?<=[\p{L}\p{N})]{2}|[?!])[.?!]?\s+(?=[\p{Lu}\d“]|arXiv)(?<=[.?!]\s+)/u;

/**
 * The title within a reference that has authors, title and journal in one string. Returns the whole string if it is
 * already a title or none is found. A heuristic, for labels only.
 */
export function extractTitle(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  const beginning = line.slice(0, maxReadLength);
  const found =
    quoted.exec(beginning)?.[1] ??
    firstSentence(afterColon.exec(beginning)?.[1]) ??
    afterNames(beginning) ??
    firstSentence(afterYear.exec(beginning)?.[1]);
  return found !== undefined && looksLikeTitle(found) ? found : line;
}

/** `Names. Title. Journal`, or `Names, Title, Journal`. */
function afterNames(line: string): string | undefined {
  const [first = "", second] = line.split(sentenceEnd);
  if (second !== undefined && isNames(first.replace(/\.$/, ""))) {
    return looksLikeTitle(second) ? firstSentence(second) : undefined;
  }
  for (const names of [initialsFirst, surnameFirst]) {
    const rest = line.replace(names, "");
    if (rest !== line && !/^\(?\d{4}/.test(rest))
      return firstSentence(rest)?.replace(/,\s(?:\d{4}|in:?\s).*$/, "");
  }
  return undefined;
}

function isNames(text: string): boolean {
  return hasOnlyNames(text) && (/[,&]|\band\b/.test(text) || /^\p{Lu}\S*(?: \p{Lu}\S*){1,3}$/u.test(text));
}

function hasOnlyNames(text: string): boolean {
  return text.split(/[\s,;&]+/).every((word) => word === "" || nameWord.test(word));
}

function firstSentence(text: string | undefined): string | undefined {
  return text?.split(sentenceEnd)[0]?.replace(/[.,]$/, "");
}

/** Whether a text has words, unlike abbreviated journals and names. */
export function looksLikeTitle(text: string): boolean {
  const words = text.match(/\p{L}{3,}(?![\p{L}.])/gu) ?? [];
  return words.length >= 2 && !hasOnlyNames(text) && !/^arxiv (?:preprint|e-prints)/i.test(text);
}
