import { badUserInput } from "../errors.ts";

type Range = readonly [least: number, most: number];

/** The ranges of arguments of the citation graph's fields. */
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
 * The time that all questions of one request may take together, and the edges that each may read; beyond, an answer is
 * `truncated`. A graph of 6 million edges has 12 million to read, in both directions.
 */
export const questionBudget = { milliseconds: 2_000, edges: 20_000_000 } as const;

/** The time for ranking all works, which is done once for a version of the graph, not for each request. */
export const analysisBudget = { milliseconds: 20_000 } as const;

/** How long a question that needs the graph in memory waits for it to load. */
export const loadPatienceMilliseconds = 2_000;

/** A range in words, for descriptions and errors: `from 0 to 10`. */
export function inWords([least, most]: Range): string {
  return `from ${least} to ${most}`;
}

/** Returns the number. Throws BAD_USER_INPUT outside its range. */
export function readWithin(argument: string, value: number, range: Range): number {
  if (value >= range[0] && value <= range[1]) return value;
  throw badUserInput(`\`${argument}\` must be ${inWords(range)}, not ${value}.`);
}
