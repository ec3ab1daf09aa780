import { badUserInput } from "./errors.ts";

type Range = readonly [min: number, max: number];

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

/** Returns the number. Throws BAD_USER_INPUT outside its range. */
export function readInRange(argument: string, value: number, [min, max]: Range): number {
  if (value >= min && value <= max) return value;
  throw badUserInput(`\`${argument}\` must be from ${min} to ${max}, not ${value}.`);
}

/** Rows of a page of a connection: the default, and the maximum of `first` and `last`. */
export const defaultPageSize = 20;
export const maxPageSize = 100;

/** The number of rows requested by `first` or `last`. Throws BAD_USER_INPUT outside 0 to 100. */
export function readPageSize(argument: string, value: number | null | undefined): number {
  return readInRange(argument, value ?? defaultPageSize, [0, maxPageSize]);
}
