const identifiers = /https?:\S+|\b10\.\d{4,9}\/\S+|\d{4}\.\d{4,5}|[a-z-]+\/\d{7}|\{\{[^}]*\}\}/gi;
const inBrackets = /\(\s*(\d{4})[a-z]?\s*\)/g;
const notInBrackets = /(?<![\d.:–—-])(\d{4})[a-z]?(?![\d:–—-])/g;

/**
 * The year in a reference's raw text, or null: the one in parentheses if there is exactly one, else the only number
 * that could be a year. Identifiers with four digits are ignored. Null if several numbers are possible.
 */
export function yearOfReference(text: string): number | null {
  const bare = text.replace(identifiers, " ");
  return onlyYear(bare.matchAll(inBrackets)) ?? onlyYear(bare.matchAll(notInBrackets));
}

function onlyYear(matches: Iterable<RegExpExecArray>): number | null {
  const years = new Set([...matches].map((match) => Number(match[1])).filter(isYear));
  const [year] = years;
  return years.size === 1 && year !== undefined ? year : null;
}

/** The citing papers are of 2022. */
function isYear(number: number): boolean {
  return number >= 1700 && number <= 2023;
}
