/** The start of a region of a text, and its end (exclusive). */
export type Region = { readonly start: number; readonly end: number };

/** The parts of a text that TeX reads as units. */
type Regions = {
  /** Mathematics with its delimiters (`$…$`, `$$…$$`, `\(…\)`, `\[…\]`), in order. */
  readonly mathematics: readonly Region[];
  /** By the position of an opening brace outside mathematics, the position of its closing brace. */
  readonly braces: ReadonlyMap<number, number>;
  /** The depth of nested braces. */
  readonly depth: number;
};

const token = /\\[\s\S]|[${}]/gu;

/**
 * Finds mathematics and pairs of braces. Unmatched delimiters are ignored. Each character is visited a bounded number
 * of times.
 */
export function findRegions(text: string): Regions {
  const tokens = Array.from(text.matchAll(token), ({ 0: name, index }) => ({ name, index }));
  const mathematics: Region[] = [];
  const braces = new Map<number, number>();
  const open: number[] = [];
  /** Delimiters that are known not to occur again. */
  const absent = new Set<string>();
  let depth = 0;

  const isDouble = (at: number) =>
    tokens[at]?.name === "$" && tokens[at + 1]?.name === "$" && text[(tokens[at]?.index ?? 0) + 1] === "$";

  /** The token that ends mathematics begun before `from`; -1 if there is none. */
  const findEnd = (from: number, end: string): number => {
    if (absent.has(end)) return -1;
    for (let at = from; at < tokens.length; at++) {
      if (end === "$$" ? isDouble(at) : tokens[at]?.name === end) return at;
    }
    absent.add(end);
    return -1;
  };

  for (let at = 0; at < tokens.length; at++) {
    const { name, index } = tokens[at] as { name: string; index: number };
    if (name === "{") {
      open.push(index);
      continue;
    }
    if (name === "}") {
      const opening = open.pop();
      if (opening !== undefined) {
        braces.set(opening, index);
        depth = Math.max(depth, open.length + 1);
      }
      continue;
    }
    const delimiter = isDouble(at) ? "$$" : name;
    const closing = { $: "$", $$: "$$", "\\(": "\\)", "\\[": "\\]" }[delimiter];
    if (closing === undefined) continue;
    const last = findEnd(at + (delimiter === "$$" ? 2 : 1), closing);
    if (last < 0) {
      if (delimiter === "$$") at++;
      continue;
    }
    mathematics.push({ start: index, end: (tokens[last] as { index: number }).index + closing.length });
    at = closing === "$$" ? last + 1 : last;
  }
  return { mathematics, braces, depth };
}
