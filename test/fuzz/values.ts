import { type GraphQLInputType, isEnumType, isInputObjectType, isListType, isNonNullType } from "graphql";
import type { Known } from "./known.ts";
import type { Random } from "./random.ts";

/** A JSON value, or the `Name` of an enum value. */
export type Value =
  | null
  | boolean
  | number
  | string
  | Name
  | readonly Value[]
  | { readonly [key: string]: Value };

export class Name {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  toJSON(): string {
    return this.name;
  }
}

const oddTexts = [
  "",
  " ",
  "\u0000",
  "\ud800",
  "💥\u202e\u0301",
  "%",
  "100%_\\",
  "'; DROP TABLE papers; --",
  "__proto__",
  "arXiv:",
  "pith:",
  "10.1000/",
  "https://arxiv.org/abs/2302.12192v1",
  "9".repeat(400),
  "x".repeat(20_000),
  '"""',
  "null",
  "WyJTVUJNSVRURURfREVTQyIsIjIwMjMtMDEtMDFUMDA6MDA6MDAuMDAwMDAwWiIsIjEiXQ",
];
const oddIntegers = [0, -1, 1, 2, 3, 5, 20, 99, 100, 101, 5_000, 5_001, 2 ** 31 - 1, -(2 ** 31)];
/** Only in variables: as literals they would be of other kinds. */
const wrong: readonly Value[] = [2 ** 31, 1.5, 1e300, -0, true, "5", [], {}, [[[]]], { __proto__: null }];

/** A value for an argument or input field, mostly a valid one. */
export function randomValue(type: GraphQLInputType, name: string, random: Random, known: Known): Value {
  if (isNonNullType(type)) {
    return random.chance(0.01) ? null : randomValue(type.ofType, name, random, known);
  }
  if (random.chance(0.04)) return null;
  if (isListType(type)) {
    if (random.chance(0.05)) return randomValue(type.ofType, name, random, known);
    const length = random.chance(0.02) ? random.integer(50, 1_200) : random.integer(0, 3);
    return Array.from({ length }, () => randomValue(type.ofType, name, random, known));
  }
  if (isEnumType(type)) {
    return random.chance(0.03) ? new Name("NOTHING") : new Name(random.of(type.getValues()).name);
  }
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(() => random.chance(0.3));
    const entries = fields.map((field) => [field.name, randomValue(field.type, field.name, random, known)]);
    if (random.chance(0.02)) entries.push(["nothing", 1]);
    return Object.fromEntries(entries) as Value;
  }
  switch (type.name) {
    case "Int":
    case "Float":
      if (/^year/.test(name)) return random.of([1991, 2003, 2022, 0, 9999, 10_000, -5]);
      return random.chance(0.7) ? random.integer(0, 12) : random.of(oddIntegers);
    case "Boolean":
      return random.chance(0.5);
    default:
      return randomText(name, random, known);
  }
}

function randomText(name: string, random: Random, known: Known): string {
  if (random.chance(0.15)) return random.of(oddTexts);
  if (name === "after" || name === "before") return random.of(known.cursors);
  if (name === "id" || name === "ids") return random.of([random.of(known.ids), random.of(known.events)]);
  if (/categories/i.test(name)) return random.of(["hep-th", "cs.LG", "gr-qc", "math.AG"]);
  if (/text|title|query/i.test(name)) return random.of(["string", "a", "learning", "black hole", "é"]);
  if (name === "document") return random.of(["{}", "[", '{"bundle":1}']);
  return random.of(known.refs);
}

/** Any value for a variable. */
export function wrongValue(random: Random): Value {
  return random.chance(0.5) ? random.of(wrong) : random.of(oddTexts);
}

/** A value as a GraphQL literal. */
export function literalOf(value: Value): string {
  if (value instanceof Name) return value.name;
  if (Array.isArray(value)) return `[${value.map(literalOf).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    return `{ ${Object.entries(value)
      .map(([key, member]) => `${key}: ${literalOf(member)}`)
      .join(", ")} }`;
  }
  return JSON.stringify(value);
}
