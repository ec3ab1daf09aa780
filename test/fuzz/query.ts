import {
  type GraphQLArgument,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
} from "graphql";
import type { Known } from "./known.ts";
import type { Random } from "./random.ts";
import { literalOf, randomValue, type Value, wrongValue } from "./values.ts";

/** A request; its variables may be invalid. */
export type GraphQLRequest = { readonly query: string; readonly variables: Readonly<Record<string, Value>> };

/** Parameters of random queries. Shares are from 0 to 1. */
export type QueryShape = {
  readonly mutations: number;
  /** The share of fields and fragments with directives. */
  readonly directives: number;
  /** The share of selections with 20 to 120 parts. */
  readonly wide: number;
  /** The maximum depth of a selection. */
  readonly depth: number;
};

/** Only fragments lead beyond this depth, and to the server's limit. */
const forServers: QueryShape = { mutations: 0.01, directives: 0.04, wide: 0.01, depth: 9 };

/** Makes queries that are valid for a schema, or nearly. */
export class QueryMaker {
  readonly #schema: GraphQLSchema;
  readonly #random: Random;
  readonly #known: Known;
  readonly #shape: QueryShape;
  #definitions: string[] = [];
  #variables: Record<string, Value> = {};
  #fragments: { readonly name: string; readonly type: string; readonly text: string }[] = [];
  #names = 0;

  constructor(schema: GraphQLSchema, random: Random, known: Known, shape = forServers) {
    this.#schema = schema;
    this.#random = random;
    this.#known = known;
    this.#shape = shape;
  }

  make(): GraphQLRequest {
    this.#definitions = [];
    this.#variables = {};
    this.#fragments = [];
    this.#names = 0;
    const random = this.#random;
    const isMutation = random.chance(this.#shape.mutations) && this.#schema.getMutationType();
    const root = (isMutation || this.#schema.getQueryType()) as GraphQLObjectType;
    const selection = this.#selection(root, 0);
    const variables = this.#definitions.length === 0 ? "" : `(${this.#definitions.join(", ")})`;
    const fragments = this.#fragments.map(({ name, type, text }) => ` fragment ${name} on ${type} ${text}`);
    const head = `${isMutation ? "mutation" : "query"} Fuzz${variables}${this.#directives()}`;
    return { query: `${head} ${selection}${fragments.join("")}`, variables: this.#variables };
  }

  #selection(type: GraphQLNamedType, depth: number): string {
    const random = this.#random;
    const parts: string[] = [];
    const wide = random.chance(this.#shape.wide)
      ? random.integer(20, 120)
      : random.integer(1, depth === 0 ? 2 : 5);
    for (let count = 0; count < wide; count++) parts.push(this.#part(type, depth));
    return `{ ${parts.join(" ")} }`;
  }

  #part(type: GraphQLNamedType, depth: number): string {
    const random = this.#random;
    if (random.chance(0.03)) return `__typename${this.#directives()}`;
    if (isAbstractType(type) && random.chance(0.7)) {
      const member = random.of(this.#schema.getPossibleTypes(type));
      return `... on ${member.name}${this.#directives()} ${this.#selection(member, depth + 1)}`;
    }
    if (random.chance(0.03)) return `...${this.#directives()} ${this.#selection(type, depth + 1)}`;
    if (random.chance(0.06) && depth < this.#shape.depth)
      return `...${this.#fragment(type, depth)}${this.#directives()}`;
    if (!(isObjectType(type) || isInterfaceType(type))) return "__typename";
    const fields = Object.values(type.getFields()).filter(
      (field) => depth < this.#shape.depth || !isCompositeType(getNamedType(field.type)),
    );
    if (fields.length === 0) return "__typename";
    const field = random.of(fields);
    const named = getNamedType(field.type);
    const name = random.chance(0.005) ? `${field.name}s` : field.name;
    const args = this.#arguments(field.args);
    // Two fields of a name with different arguments would be rejected.
    const alias = random.chance(args === "" ? 0.1 : 0.9) ? `f${this.#names++}: ` : "";
    const inner = isCompositeType(named) ? ` ${this.#selection(named, depth + 1)}` : "";
    return `${alias}${name}${args}${this.#directives()}${inner}`;
  }

  #fragment(type: GraphQLNamedType, depth: number): string {
    const random = this.#random;
    const fitting = this.#fragments.filter((fragment) => fragment.type === type.name);
    if (fitting.length > 0 && random.chance(0.5)) return random.of(fitting).name;
    const name = `F${this.#names++}`;
    const text = this.#selection(type, depth + 1);
    this.#fragments.push({ name, type: type.name, text });
    return name;
  }

  #arguments(args: readonly GraphQLArgument[]): string {
    const random = this.#random;
    const texts: string[] = [];
    for (const { name, type } of args) {
      const isRequired = String(type).endsWith("!");
      // Mostly forward pagination.
      const isBackward = name === "last" || name === "before";
      if (!random.chance(isRequired ? 0.98 : isBackward ? 0.05 : name === "after" ? 0.1 : 0.4)) continue;
      const value = randomValue(type, name, random, this.#known);
      if (!random.chance(0.4)) {
        texts.push(`${name}: ${literalOf(value)}`);
        continue;
      }
      const variable = `v${this.#names++}`;
      const otherwise = random.chance(0.1)
        ? ` = ${literalOf(randomValue(type, name, random, this.#known))}`
        : "";
      this.#definitions.push(`$${variable}: ${random.chance(0.01) ? "Int" : type}${otherwise}`);
      if (!random.chance(0.05)) this.#variables[variable] = random.chance(0.05) ? wrongValue(random) : value;
      texts.push(`${name}: $${variable}`);
    }
    return texts.length === 0 ? "" : `(${texts.join(", ")})`;
  }

  /** The name of a new Boolean variable. */
  #condition(): string {
    const random = this.#random;
    const name = `v${this.#names++}`;
    // A variable with a default may be null, which is an error only when the condition is evaluated.
    const isOptional = random.chance(0.3);
    this.#definitions.push(isOptional ? `$${name}: Boolean = ${random.chance(0.5)}` : `$${name}: Boolean!`);
    if (!isOptional || random.chance(0.7)) {
      this.#variables[name] = isOptional && random.chance(0.4) ? null : random.chance(0.5);
    }
    return name;
  }

  #directives(): string {
    const random = this.#random;
    if (!random.chance(this.#shape.directives)) return "";
    if (random.chance(0.3)) return ` @${random.of(["skip", "include"])}(if: $${this.#condition()})`;
    return random.of([
      " @include(if: true)",
      " @skip(if: true)",
      " @skip(if: false) @include(if: true)",
      " @nothing",
      ` ${"@include(if: true) ".repeat(random.integer(2, 150))}`,
    ]);
  }
}
