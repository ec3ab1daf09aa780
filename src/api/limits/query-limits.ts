export { defaultQueryLimits, type QueryLimits } from "../../config/index.ts";

/** Fields beside each other in one selection; comparing them to each other costs the square of it. */
export const maximumBreadth = 500;

/** How often a query may ask for `__schema` or `__type`. */
export const maximumIntrospections = 10;

/** Brackets of any kind inside each other in a query's text: the parser needs stack for each. */
export const maximumNesting = 100;

/** Members of a list in variables; each may become a parameter of a statement, which has 65,535 at most. */
export const maximumListLength = 1_000;

/** Characters of an alias: each object of the answer repeats it. */
export const maximumAliasLength = 100;
