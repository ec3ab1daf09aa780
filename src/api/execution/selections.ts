import {
  type DocumentNode,
  type FieldNode,
  GraphQLBoolean,
  type GraphQLField,
  GraphQLID,
  GraphQLInt,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  GraphQLString,
  getNamedType,
  isLeafType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  valueFromASTUntyped,
} from "graphql";
import { collectFields, collectSubfields } from "graphql/execution/collectFields.js";
import { type ExecutionContext, getFieldDef } from "graphql/execution/execute.js";
import { inspect } from "graphql/jsutils/inspect.js";
import { LRUCache } from "lru-cache";
import { stringifyResult } from "./json-text.ts";

/** A field of a selection, with all that the document and the schema determine. */
export type SelectedField = {
  readonly key: string;
  /** The key as JSON with its colon, preceded by a comma unless it is the first. */
  readonly prefix: string;
  readonly nodes: readonly FieldNode[];
  readonly parentType: GraphQLObjectType;
  readonly definition: GraphQLField<unknown, unknown>;
  /** The type of its values, or of those in its lists; null if they are objects. */
  readonly leafType: GraphQLLeafType | null;
  /** The selections below it by object type; filled when the first object of a type occurs. */
  readonly below: Map<GraphQLObjectType, Selection>;
};

/** The fields of an object, in the order of the answer. */
export type Selection = readonly SelectedField[];

type OperationSelections = {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  /** By the values of the variables that `@skip` and `@include` may depend on. */
  readonly roots: LRUCache<string, Selection>;
};

/** The maximum number of sets of such values for which an operation's selections are cached. */
const maxRoots = 16;

const operations = new WeakMap<OperationDefinitionNode, OperationSelections>();

/**
 * The fields of an operation's root. They are cached with the operation, and with them all selections below: a parsed
 * document that is cached is planned once.
 *
 * @throws GraphQLError if a condition is null, as `collectFields` of graphql-js does.
 */
export function rootSelection(
  document: DocumentNode,
  { schema, fragments, operation, variableValues }: ExecutionContext,
  type: GraphQLObjectType,
): Selection {
  let cached = operations.get(operation);
  if (cached?.schema !== schema || cached.document !== document) {
    cached = { schema, document, roots: new LRUCache({ max: maxRoots }) };
    operations.set(operation, cached);
  }
  const conditions = (operation.variableDefinitions ?? []).map(({ variable }) => {
    const value = variableValues[variable.name.value];
    return typeof value === "boolean" || value === null || value === undefined ? String(value) : "";
  });
  const values = conditions.join();
  let selection = cached.roots.get(values);
  if (selection === undefined) {
    const fields = collectFields(schema, fragments, variableValues, type, operation.selectionSet);
    selection = select(schema, type, fields);
    cached.roots.set(values, selection);
  }
  return selection;
}

/** The fields of an object of this type below a field. */
export function selectionBelow(
  { schema, fragments, variableValues }: ExecutionContext,
  { below, nodes }: SelectedField,
  type: GraphQLObjectType,
): Selection {
  let selection = below.get(type);
  if (selection === undefined) {
    selection = select(schema, type, collectSubfields(schema, fragments, variableValues, type, nodes));
    below.set(type, selection);
  }
  return selection;
}

function select(
  schema: GraphQLSchema,
  parentType: GraphQLObjectType,
  fields: ReadonlyMap<string, readonly FieldNode[]>,
): Selection {
  const selection: SelectedField[] = [];
  for (const [key, nodes] of fields) {
    const definition = getFieldDef(schema, parentType, nodes[0] as FieldNode);
    if (!definition) continue;
    const prefix = `${selection.length === 0 ? "" : ","}${JSON.stringify(key)}:`;
    const type = getNamedType(definition.type);
    const leafType = isLeafType(type) ? type : null;
    selection.push({ key, prefix, nodes, parentType, definition, leafType, below: new Map() });
  }
  return selection;
}

/** The JSON text of a value of a leaf type. Throws if the type cannot serialize it. */
export function leafText(type: GraphQLLeafType, value: unknown): string {
  // The common cases, without calling the type.
  if (typeof value === "string" && (type === GraphQLString || type === GraphQLID))
    return JSON.stringify(value);
  if (type === GraphQLInt && Number.isInteger(value) && ((value as number) | 0) === value)
    return String(value);
  if (type === GraphQLBoolean && typeof value === "boolean") return String(value);
  const result: unknown = type.serialize(value);
  if (result !== undefined && result !== null) return stringifyResult(result);
  throw new Error(
    `Expected \`${inspect(type)}.serialize(${inspect(value)})\` to return non-nullable value, returned: ${inspect(result)}`,
  );
}

type FieldInfo = Pick<GraphQLResolveInfo, "fieldNodes" | "fragments">;

/**
 * The fields that a query selects at a path below the field being resolved, including those in fragments and regardless
 * of `@skip` and `@include`. For `["nodes", "shared"]`, each `shared` of each `nodes`.
 */
export function selectedFields({ fieldNodes, fragments }: FieldInfo, path: readonly string[]): FieldNode[] {
  let fields = [...fieldNodes];
  for (const name of path) {
    fields = [...childFields(fields, fragments)].filter((field) => field.name.value === name);
  }
  return fields;
}

function* childFields(
  fields: readonly FieldNode[],
  fragments: FieldInfo["fragments"],
): Generator<FieldNode, void> {
  const sets: SelectionSetNode[] = fields.flatMap(({ selectionSet }) => selectionSet ?? []);
  const visited = new Set<string>();
  for (let set = sets.pop(); set !== undefined; set = sets.pop()) {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) yield selection;
      else if (selection.kind === Kind.INLINE_FRAGMENT) sets.push(selection.selectionSet);
      else {
        const fragment = fragments[selection.name.value];
        if (fragment === undefined || visited.has(selection.name.value)) continue;
        visited.add(selection.name.value);
        sets.push(fragment.selectionSet);
      }
    }
  }
}

/**
 * The greatest value that a query passes to an argument of the fields at a path; `defaultValue` if a field is selected
 * without it, 0 if none is selected. So a value that several fields need is computed once.
 */
export function maxArgument(
  info: FieldInfo & Pick<GraphQLResolveInfo, "variableValues">,
  path: readonly string[],
  argument: string,
  defaultValue: number,
): number {
  const values = selectedFields(info, path).map(({ arguments: args }) => {
    const node = args?.find(({ name }) => name.value === argument);
    const value = node === undefined ? undefined : valueFromASTUntyped(node.value, info.variableValues);
    return typeof value === "number" ? value : defaultValue;
  });
  return Math.max(0, ...values);
}
