import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLFieldResolver,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  type InlineFragmentNode,
  isAbstractType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  typeFromAST,
} from "graphql";
import { type Shape, shapeOf } from "./shape.ts";

/** The fields of an object in the order of the answer, as a document selects them. */
export type Selection = readonly PlannedField[];

/** A field of a selection, with all that can be known of it before there is an object. */
export type PlannedField = {
  readonly plan: OperationPlan;
  /** `"title":`, behind a comma unless it is the first. */
  readonly prefix: string;
  readonly responseName: string;
  readonly nodes: readonly FieldNode[];
  readonly parentType: GraphQLObjectType;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly resolve: GraphQLFieldResolver<unknown, unknown>;
  /** Where a request keeps the field's arguments: they are the same under every object. */
  readonly slot: number;
  readonly shape: Shape;
  /** What is selected below it, by the type of the object; filled as objects come. */
  readonly below: Map<GraphQLObjectType, Selection>;
};

/** A property of this name, or what it gives as a method: what graphql-js does where a field has no resolver. */
const propertyResolver: GraphQLFieldResolver<unknown, unknown> = (source, args, context, info) => {
  if ((typeof source !== "object" && typeof source !== "function") || source === null) return undefined;
  const property: unknown = (source as Record<string, unknown>)[info.fieldName];
  return typeof property === "function" ? property.call(source, args, context, info) : property;
};

/**
 * An operation of a document, for certain values of the variables that decide what is skipped. Selections are worked
 * out when the first object of their type comes, and kept.
 */
export class OperationPlan {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Record<string, FragmentDefinitionNode>;
  readonly rootType: GraphQLObjectType;
  readonly root: Selection;
  /** Only those in the conditions of `@skip` and `@include` are read. */
  readonly #variables: Record<string, unknown>;
  #slots = 0;

  constructor(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Record<string, FragmentDefinitionNode>,
    rootType: GraphQLObjectType,
    variables: Record<string, unknown>,
  ) {
    this.schema = schema;
    this.operation = operation;
    this.fragments = fragments;
    this.rootType = rootType;
    this.#variables = variables;
    this.root = this.#select(rootType, [operation.selectionSet]);
  }

  /** What is selected of an object of this type below a field. */
  selectionBelow(field: PlannedField, type: GraphQLObjectType): Selection {
    let selection = field.below.get(type);
    if (selection === undefined) {
      const sets = field.nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
      selection = this.#select(type, sets);
      field.below.set(type, selection);
    }
    return selection;
  }

  #select(type: GraphQLObjectType, sets: readonly SelectionSetNode[]): Selection {
    const grouped = new Map<string, FieldNode[]>();
    const visited = new Set<string>();
    for (const set of sets) this.#collect(type, set, grouped, visited);
    const fields: PlannedField[] = [];
    for (const [responseName, nodes] of grouped) {
      const definition = this.#definitionOf(type, (nodes[0] as FieldNode).name.value);
      // What validation lets through is there.
      if (definition === undefined) continue;
      fields.push({
        plan: this,
        prefix: `${fields.length === 0 ? "" : ","}${JSON.stringify(responseName)}:`,
        responseName,
        nodes,
        parentType: type,
        definition,
        resolve: definition.resolve ?? propertyResolver,
        slot: this.#slots++,
        shape: shapeOf(definition.type),
        below: new Map(),
      });
    }
    return fields;
  }

  #collect(
    type: GraphQLObjectType,
    { selections }: SelectionSetNode,
    grouped: Map<string, FieldNode[]>,
    visited: Set<string>,
  ): void {
    for (const selection of selections) {
      if (!this.#isIncluded(selection)) continue;
      if (selection.kind === Kind.FIELD) {
        const name = selection.alias?.value ?? selection.name.value;
        const nodes = grouped.get(name);
        if (nodes === undefined) grouped.set(name, [selection]);
        else nodes.push(selection);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        if (this.#fits(selection, type)) this.#collect(type, selection.selectionSet, grouped, visited);
      } else {
        const name = selection.name.value;
        const fragment = this.fragments[name];
        if (visited.has(name) || fragment === undefined) continue;
        visited.add(name);
        if (this.#fits(fragment, type)) this.#collect(type, fragment.selectionSet, grouped, visited);
      }
    }
  }

  #isIncluded(node: SelectionNode): boolean {
    if (node.directives === undefined || node.directives.length === 0) return true;
    if (getDirectiveValues(GraphQLSkipDirective, node, this.#variables)?.["if"] === true) return false;
    return getDirectiveValues(GraphQLIncludeDirective, node, this.#variables)?.["if"] !== false;
  }

  #fits({ typeCondition }: FragmentDefinitionNode | InlineFragmentNode, type: GraphQLObjectType): boolean {
    if (typeCondition === undefined) return true;
    const condition = typeFromAST(this.schema, typeCondition);
    if (condition === type) return true;
    return isAbstractType(condition) && this.schema.isSubType(condition, type);
  }

  #definitionOf(type: GraphQLObjectType, name: string): GraphQLField<unknown, unknown> | undefined {
    if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
    if (type === this.schema.getQueryType()) {
      if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
      if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
    }
    return type.getFields()[name];
  }
}
