import {
  type DocumentNode,
  type FieldNode,
  type GraphQLAbstractType,
  GraphQLBoolean,
  type GraphQLField,
  GraphQLID,
  GraphQLInt,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  GraphQLString,
  getArgumentValues,
  getNullableType,
  isAbstractType,
  isLeafType,
  isListType,
  isObjectType,
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
import { type ExposedProperty, exposedProperty } from "./paced-fields.ts";

/** A field of a selection, with all that the document and the schema determine. */
export type SelectedField = {
  readonly key: string;
  /** The key as JSON with its colon, preceded by a comma, or by the object's brace. */
  readonly prefix: string;
  readonly nodes: readonly FieldNode[];
  readonly parentType: GraphQLObjectType;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly shape: Shape;
  /** The property that is all its resolver returns; null for any other resolver. */
  readonly exposed: ExposedProperty | null;
  /** The selections below it by object type; filled when the first object of a type occurs. */
  readonly below: Map<GraphQLObjectType, Selection>;
  /** The last of them that was asked for. */
  lastType: GraphQLObjectType | null;
  lastSelection: Selection;
};

/** A type without its wrappers. Exactly one of the last four is not null. */
export type Shape = {
  readonly isRequired: boolean;
  /** The shape of a list's items. */
  readonly item: Shape | null;
  readonly leafType: GraphQLLeafType | null;
  readonly objectType: GraphQLObjectType | null;
  readonly abstractType: GraphQLAbstractType | null;
};

const shapes = new WeakMap<GraphQLOutputType, Shape>();

function shapeOf(type: GraphQLOutputType): Shape {
  let shape = shapes.get(type);
  if (shape === undefined) {
    const nullable = getNullableType(type);
    shape = {
      isRequired: nullable !== type,
      item: isListType(nullable) ? shapeOf(nullable.ofType) : null,
      leafType: isLeafType(nullable) ? nullable : null,
      objectType: isObjectType(nullable) ? nullable : null,
      abstractType: isAbstractType(nullable) ? nullable : null,
    };
    shapes.set(type, shape);
  }
  return shape;
}

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
  field: SelectedField,
  type: GraphQLObjectType,
): Selection {
  if (field.lastType === type) return field.lastSelection;
  const { below, nodes } = field;
  let selection = below.get(type);
  if (selection === undefined) {
    selection = select(schema, type, collectSubfields(schema, fragments, variableValues, type, nodes));
    below.set(type, selection);
  }
  field.lastType = type;
  field.lastSelection = selection;
  return selection;
}

/** The arguments of fields by the variables of an execution, so that those of a request live no longer than it. */
const knownArguments = new WeakMap<object, Map<SelectedField, Readonly<Record<string, unknown>>>>();

/** The arguments of a field, in an object that its resolver may change. Throws as `getArgumentValues` does. */
export function argumentsOf(
  field: SelectedField,
  variables: ExecutionContext["variableValues"],
): Record<string, unknown> {
  const { definition, nodes } = field;
  if (definition.args.length === 0) return {};
  let known = knownArguments.get(variables);
  if (known === undefined) {
    known = new Map();
    knownArguments.set(variables, known);
  }
  let values = known.get(field);
  if (values === undefined) {
    values = getArgumentValues(definition, nodes[0] as FieldNode, variables);
    known.set(field, values);
  }
  return { ...values };
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
    const prefix = `${selection.length === 0 ? "{" : ","}${JSON.stringify(key)}:`;
    selection.push({
      key,
      prefix,
      nodes,
      parentType,
      definition,
      shape: shapeOf(definition.type),
      exposed: exposedProperty(definition),
      below: new Map(),
      lastType: null,
      lastSelection: [],
    });
  }
  return selection;
}

/** The JSON text of a value of a leaf type. Throws if the type cannot serialize it. */
export function leafText(type: GraphQLLeafType, value: unknown): string {
  // The common cases, without calling the type.
  if (typeof value === "string" && (type === GraphQLString || type === GraphQLID)) return quoted(value);
  if (type === GraphQLInt && Number.isInteger(value) && ((value as number) | 0) === value)
    return String(value);
  if (type === GraphQLBoolean && typeof value === "boolean") return String(value);
  const result: unknown = type.serialize(value);
  if (result !== undefined && result !== null) return stringifyResult(result);
  throw new Error(
    `Expected \`${inspect(type)}.serialize(${inspect(value)})\` to return non-nullable value, returned: ${inspect(result)}`,
  );
}

/**
 * The JSON text of a leaf or of no value, if that is certain without a path and `info`; null otherwise. Throws if the
 * leaf's type cannot serialize the value.
 */
export function simpleText({ leafType, isRequired }: Shape, value: unknown): string | null {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return leafType === null ? null : leafText(leafType, value);
    default:
      return (value === null || value === undefined) && !isRequired ? "null" : null;
  }
}

/** Characters that JSON escapes, or may have to. */
const escaped = /["\\\u0000-\u001f\ud800-\udfff]/;
/** Texts up to this length are checked faster character by character. */
const shortText = 40;

/** A text as JSON. Most texts need nothing but the quotation marks, which costs half of JSON.stringify. */
function quoted(text: string): string {
  const { length } = text;
  if (length > shortText) return escaped.test(text) ? JSON.stringify(text) : `"${text}"`;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x22 || code === 0x5c || (code >= 0xd800 && code <= 0xdfff))
      return JSON.stringify(text);
  }
  return `"${text}"`;
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
