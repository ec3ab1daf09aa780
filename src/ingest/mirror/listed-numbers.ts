import { parsePaperRef } from "../../protocol/index.ts";
import { MirrorError } from "./fetch-error.ts";

/** A paper to be fetched: its suffix, or the beginning of one, and its year where that is known. */
export type ListedNumber = { readonly suffix: string; readonly year: string | null };

/**
 * Reads a list of Pith numbers or suffixes, whole or cut short, one a line; empty lines and those that begin with #
 * are left out. Throws MirrorError with the number of a line that is neither.
 */
export function readNumbers(text: string): ListedNumber[] {
  const numbers: ListedNumber[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const ref = line.trim();
    if (ref === "" || ref.startsWith("#")) continue;
    const number = readNumber(ref);
    if (number === null) {
      throw new MirrorError(`Line ${index + 1} of the list is no Pith number: ${ref.slice(0, 100)}`);
    }
    numbers.push(number);
  }
  return numbers;
}

/** Reads a Pith number or a suffix, complete or cut short; null for anything else. */
export function readNumber(ref: string): ListedNumber | null {
  const parsed = parsePaperRef(ref);
  return parsed?.kind === "pith" ? { suffix: parsed.suffix, year: parsed.year } : null;
}
