import { complexityFromQuery } from "@pothos/plugin-complexity";
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  visit,
} from "graphql";
import { defaultPageSize, graphLimits, maxPageSize } from "../argument-limits.ts";

/** The cost of a field itself, and how often the fields below it occur. */
type FieldCost = { readonly field?: number; readonly multiplier?: number };

/** The default cost of a field itself. */
const defaultCost = 1;

/** The assumed length of a list without a size argument. */
const defaultListSize = 10;

/** The cost of a root field whose filter may have to be evaluated on many rows. */
const filterCost = 4_000;

/** Statements that rank or score thousands of rows: about 10 ms of PostgreSQL's time each. */
const searchCost = 10_000;

/** A query of the citation graph: usually 1 to 2 ms. Their time has a separate budget. */
const graphQuery: FieldCost = { field: 1_000 };

/**
 * Fields whose cost does not follow from their arguments and type. The unit is a plain field: some microseconds. A
 * page's size multiplies at the connection, so its edges and nodes do not multiply again; nor do other lists whose size
 * is set by an argument of the parent field.
 */
export const fieldCosts: Readonly<Record<string, FieldCost>> = {
  "Query.citationGraph": graphQuery,
  "Query.citationPath": graphQuery,
  "Query.reachableWorks": graphQuery,
  "Query.relatedWorks": graphQuery,
  "Query.commonReferences": graphQuery,
  "Query.priorWorks": graphQuery,
  "Query.derivativeWorks": graphQuery,
  "Query.topWorks": graphQuery,
  // Several statements a level, over all reachable anchors.
  "Query.anchorChain": { field: 10_000 },
  // Counted over all citations of the field, once for each version of the data.
  "Query.topAnchors": { field: filterCost },
  "Query.anchorClaims": { field: filterCost },
  "AnchorChain.works": { multiplier: 20 },
  "Query.search": { field: searchCost },
  "Status.rejections": { field: 1_000 },
  // A row for each year or category; counted once for each version of the data.
  "Query.anchorStats": { field: filterCost, multiplier: 50 },
  "CitationGraph.nodes": { multiplier: 1 },
  "RankedWorks.nodes": { multiplier: 1 },
  "RelatedWorks.nodes": { multiplier: 1 },
  "CommonReferences.nodes": { multiplier: 1 },
  "PriorWorks.nodes": { multiplier: 1 },
  "DerivativeWorks.nodes": { multiplier: 1 },
  // Among the 100 most cited works of hep-th, there are this many citations for each node.
  "CitationGraph.edges": { multiplier: 20 },
  "CitationEdge.provenance": { field: 10 },
  "CitationEdge.references": { field: 10 },
  "CitationPath.works": { multiplier: 1 },
  "Work.papers": { multiplier: 3 },
  "Event.supersedes": { multiplier: 3 },
  // The complete log of a paper is read and merged.
  "State.document": { field: 1_000 },
  "State.appliedEventIds": { field: 1_000 },
  "Paper.equivocations": { field: 1_000, multiplier: 1 },
  "Equivocation.events": { multiplier: 3 },
  // Texts of some kilobytes; larger ones are limited by the budget of bytes.
  "Paper.canonicalRecord": { field: 20 },
  "Event.payload": { field: 100 },
  // Reads and parses the event that contains it.
  "Paper.signedTitle": { field: 10 },
  "Paper.signedAuthors": { field: 10 },
  "Paper.signedAbstractExcerpt": { field: 10 },
  "Reference.signedTitle": { field: 10 },
  // Very few works have one.
  "Work.identityConflicts": { field: 2, multiplier: 1 },
  "IdentityConflict.candidates": { multiplier: 2 },
};

/** Arguments that determine how many rows there may be, and their maximum. Greater values are rejected by the field. */
const sizeArguments: Readonly<Record<string, number>> = {
  first: graphLimits.ranked[1],
  last: maxPageSize,
  maxNodes: graphLimits.maxNodes[1],
  maxDepth: graphLimits.maxDepth[1],
  ids: maxPageSize,
};

/** Arguments that the cost of a field depends on. */
const costArguments = new Set([...Object.keys(sizeArguments), "filter"]);

type Arguments = Readonly<Record<string, unknown>>;

/** Sets the cost of each field in a schema, for @pothos/plugin-complexity. */
export function priceFields(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith("__") || !(isObjectType(type) || isInterfaceType(type))) continue;
    for (const field of Object.values(type.getFields())) {
      field.extensions = { ...field.extensions, complexity: costOfField(type.name, field) };
    }
  }
}

function costOfField(
  typeName: string,
  field: GraphQLField<unknown, unknown>,
): FieldCost | ((args: Arguments) => FieldCost) {
  const listed = fieldCosts[`${typeName}.${field.name}`] ?? {};
  const isPart = /(?:Connection|Edge)$/.test(typeName);
  const multiplier =
    listed.multiplier ?? (isListType(getNullableType(field.type)) && !isPart ? defaultListSize : 1);
  const own = listed.field ?? defaultCost;
  if (!field.args.some(({ name }) => costArguments.has(name))) return { field: own, multiplier };
  const isConnection = getNamedType(field.type).name.endsWith("Connection");
  const defaultSize = isConnection ? defaultPageSize : multiplier;
  return (args) => {
    const filter = args["filter"];
    return {
      field: own + (filter === null || filter === undefined ? 0 : filterCost),
      multiplier: sizeOf(args) ?? defaultSize,
    };
  };
}

function sizeOf(args: Arguments): number | null {
  for (const [name, max] of Object.entries(sizeArguments)) {
    const value = args[name];
    const size = Array.isArray(value) ? value.length : value;
    // A path has one work more than steps.
    if (typeof size === "number") return Math.max(0, Math.min(size + (name === "maxDepth" ? 1 : 0), max));
  }
  return null;
}

/** An operation and the variables that its cost depends on. */
class PricedOperation {
  readonly #document: DocumentNode;
  readonly #variables: readonly string[];
  readonly #costs = new Map<string, number>();

  constructor(operation: OperationDefinitionNode, document: DocumentNode) {
    const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
    this.#document = { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] };
    this.#variables = costVariables(this.#document);
  }

  cost(schema: GraphQLSchema, variables: Arguments): number {
    const key = this.#variables
      .map((name) => (Object.hasOwn(variables, name) ? sizeKey(variables[name]) : ""))
      .join();
    const cached = this.#costs.get(key);
    if (cached !== undefined) return cached;
    const { complexity } = complexityFromQuery(this.#document, { schema, variables: { ...variables } });
    if (this.#costs.size >= maxCosts) this.#costs.clear();
    this.#costs.set(key, complexity);
    return complexity;
  }
}

/** The maximum number of costs that are cached for an operation. */
const maxCosts = 50;

/** The cost-relevant part of a value: a number, the length of a list, whether there is a filter. */
function sizeKey(value: unknown): string {
  if (typeof value === "number") return String(value);
  return Array.isArray(value) ? `list of ${value.length}` : value === null ? "null" : typeof value;
}

function costVariables(document: DocumentNode): string[] {
  const names = new Set<string>();
  const collect = (field: FieldNode) => {
    for (const argument of field.arguments ?? []) {
      if (!costArguments.has(argument.name.value)) continue;
      visit(argument, { Variable: ({ name }) => void names.add(name.value) });
    }
  };
  visit(document, { Field: collect });
  return [...names].sort();
}

const pricedOperations = new WeakMap<DocumentNode, Map<OperationDefinitionNode, PricedOperation>>();

/**
 * The maximum cost of an operation with these variables, from the sizes that its arguments allow; about the number of
 * fields of its answer. Costs are cached with the document.
 *
 * @throws GraphQLError if the variables are invalid.
 */
export function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Arguments,
): number {
  let operations = pricedOperations.get(document);
  if (operations === undefined) {
    operations = new Map();
    pricedOperations.set(document, operations);
  }
  let found = operations.get(operation);
  if (found === undefined) {
    found = new PricedOperation(operation, document);
    operations.set(operation, found);
  }
  return found.cost(schema, variables);
}
