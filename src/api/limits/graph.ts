import { badUserInput } from "../errors.ts";

type Range = readonly [least: number, most: number];

/** What the arguments of the citation graph's fields may be. */
export const graphLimits = {
  roots: [1, 100],
  refs: [1, 100],
  depth: [0, 10],
  maxNodes: [1, 5_000],
  maxDepth: [1, 100],
  first: [0, 100],
  ranked: [0, 1_000],
} as const satisfies Record<string, Range>;

/**
 * What the questions of one request may cost together, and each of them: beyond, an answer is `truncated`. A graph of
 * 6 million edges has 12 million to look at, both ways.
 */
export const questionBudget = { milliseconds: 2_000, edges: 20_000_000 } as const;

/** What ranking all works may cost. It is done once for a version of the graph, not for each who asks. */
export const analysisBudget = { milliseconds: 20_000 } as const;

/** How long a question that needs the graph in memory waits for it to be loaded. */
export const loadPatienceMilliseconds = 2_000;

/** A range as descriptions and errors have it: `from 0 to 10`. */
export function inWords([least, most]: Range): string {
  return `from ${least} to ${most}`;
}

/** Gives the number back. Throws BAD_USER_INPUT outside its range. */
export function readWithin(argument: string, value: number, range: Range): number {
  if (value >= range[0] && value <= range[1]) return value;
  throw badUserInput(`\`${argument}\` must be ${inWords(range)}, not ${value}.`);
}
