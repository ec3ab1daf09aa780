/** What one request may ask, and how long it may take. Each can be set by the environment: docs/configuration.md. */
export type QueryLimits = {
  /** Words, names and marks of a query's text. */
  readonly tokens: number;
  /** Fields inside each other. */
  readonly depth: number;
  /** Aliased fields, as often as fragments bring them in. */
  readonly aliases: number;
  /** Directives, as often as fragments bring them in. */
  readonly directives: number;
  /** What the answer may cost by cost.ts: about the number of fields that it may have. */
  readonly cost: number;
  /** How long a query may take. */
  readonly milliseconds: number;
  /** Bytes that the texts of an answer may have together, as they are read. */
  readonly answerBytes: number;
};

/**
 * The longest introspection query in use has 15 levels, and some 300 tokens. A hundred papers with ten references
 * each, and a title for each of those, cost about 4,000.
 */
export const defaultQueryLimits: QueryLimits = {
  tokens: 5_000,
  depth: 20,
  aliases: 200,
  directives: 100,
  cost: 200_000,
  milliseconds: 10_000,
  answerBytes: 16_000_000,
};

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
