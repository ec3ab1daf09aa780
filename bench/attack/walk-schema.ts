import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  getOperationAST,
  isEnumType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  parse,
} from "graphql";
import { costOf } from "../../src/api/execution/query-cost.ts";
import { defaultQueryLimits } from "../../src/api/execution/query-limits.ts";
import { schema } from "../../src/api/schema.ts";
import type { Attack, Targets } from "./queries.ts";

/** Levels below the root field. */
const maxLevels = 6;
/** The weight of texts and lists in the choice of a field; other fields have 1. */
const weightOfLists = 3;
const weightOfTexts = 2;

/**
 * Queries from random walks through the schema that prefer lists and large texts, with pages of maximum size, each as
 * expensive as is accepted. They depend on `random` only.
 */
export function walkedAttacks(
  count: number,
  random: () => number,
  targets: Targets,
  maximumCost: number,
): readonly Attack[] {
  const attacks: Attack[] = [];
  while (attacks.length < count) {
    const walk = new Walk(random, targets);
    const query = walk.query();
    const cost = query === null ? 0 : costOfQuery(query);
    if (query === null || cost > maximumCost || cost < maximumCost / 50) continue;
    attacks.push({ name: `walk ${attacks.length + 1} (${cost})`, query });
  }
  return attacks;
}

function costOfQuery(query: string, variables: Attack["variables"] = {}): number {
  const document = parse(query);
  const operation = getOperationAST(document);
  return operation ? costOf(schema, document, operation, variables) : 0;
}

/** Whether a query is within the cost limit. */
export function isAccepted({ query, variables }: Omit<Attack, "name">): boolean {
  return costOfQuery(query, variables) <= defaultQueryLimits.cost;
}

class Walk {
  readonly #random: () => number;
  readonly #targets: Targets;
  #aliases = 0;

  constructor(random: () => number, targets: Targets) {
    this.#random = random;
    this.#targets = targets;
  }

  query(): string | null {
    const root = schema.getQueryType();
    if (!root) return null;
    const fields = Object.values(root.getFields());
    const field = this.#pick(fields, () => 1);
    const repeats = 1 + Math.floor(this.#random() ** 3 * 150);
    const one = () => this.#field(field, 0);
    const texts = Array.from({ length: repeats }, one);
    return `{ ${texts.join(" ")} }`;
  }

  #field(field: GraphQLField<unknown, unknown>, level: number): string {
    const selection = this.#selection(field.type, level);
    return `x${this.#aliases++}: ${field.name}${this.#arguments(field)}${selection}`;
  }

  #selection(type: GraphQLOutputType, level: number): string {
    const named = getNamedType(type);
    if (isLeafType(named)) return "";
    if (isUnionType(named) || isInterfaceType(named)) {
      const types = schema.getPossibleTypes(named);
      return ` { ${types.map((each) => `... on ${each.name} ${this.#fieldsOf(each, level)}`).join(" ")} }`;
    }
    return isObjectType(named) ? ` ${this.#fieldsOf(named, level)}` : "";
  }

  #fieldsOf(type: GraphQLObjectType, level: number): string {
    const all = Object.values(type.getFields());
    const leaves = all.filter((field) => isLeafType(getNamedType(field.type)));
    const fields = level >= maxLevels ? leaves : all;
    if (fields.length === 0) return "{ __typename }";
    const count = 1 + Math.floor(this.#random() * 3);
    const chosen = Array.from({ length: count }, () => this.#field(this.#pick(fields, weightOf), level + 1));
    return `{ ${chosen.join(" ")} }`;
  }

  #arguments(field: GraphQLField<unknown, unknown>): string {
    const given = field.args.flatMap(({ name, type }) => {
      const value = this.#value(name, isNonNullType(type));
      if (value !== null) return [`${name}: ${value}`];
      const named = getNamedType(type);
      if (isEnumType(named) && isNonNullType(type)) {
        return [`${name}: ${this.#pick(named.getValues(), () => 1).name}`];
      }
      return [];
    });
    return given.length === 0 ? "" : `(${given.join(", ")})`;
  }

  #value(name: string, isRequired: boolean): string | null {
    const { works, words, largePaper, longPapers } = this.#targets;
    const ref = () => JSON.stringify(this.#pick([...works.slice(0, 50), largePaper, ...longPapers], () => 1));
    switch (name) {
      case "first":
        return this.#pick(["100", "100", "30", "10"], () => 1);
      case "maxNodes":
        return this.#pick(["5000", "1000", "300"], () => 1);
      case "maxDepth":
        return "100";
      case "depth":
        return "10";
      case "direction":
        return "BOTH";
      case "ref":
      case "from":
      case "to":
        return isRequired || this.#random() < 0.5 ? ref() : null;
      case "refs":
      case "roots":
        return `[${works
          .slice(0, 100)
          .map((work) => JSON.stringify(work))
          .join(", ")}]`;
      case "query":
        return JSON.stringify(this.#pick(words, () => 1));
      case "id":
      case "ids":
        return name === "id" ? '"sha256:0"' : "[]";
      default:
        return null;
    }
  }

  #pick<Item>(items: readonly Item[], weight: (item: Item) => number): Item {
    const sum = items.reduce((before, item) => before + weight(item), 0);
    let left = this.#random() * sum;
    for (const item of items) {
      left -= weight(item);
      if (left <= 0) return item;
    }
    return items.at(-1) as Item;
  }
}

function weightOf(field: GraphQLField<unknown, unknown>): number {
  const named = getNamedType(field.type);
  if (isListType(getNullableType(field.type)) || named.name.endsWith("Connection")) return weightOfLists;
  return named.name === "JSON" || named.name === "String" || isObjectType(named) ? weightOfTexts : 1;
}
