import {
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type GraphQLAbstractType,
  GraphQLError,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getArgumentValues,
  isObjectType,
  locatedError,
  OperationTypeNode,
  responsePathAsArray,
} from "graphql";
import * as graphqlJs from "graphql/execution/execute.js";
import { inspect } from "graphql/jsutils/inspect.js";
import { isPromise } from "graphql/jsutils/isPromise.js";
import { promiseReduce } from "graphql/jsutils/promiseReduce.js";
import { rootFields } from "../../runtime/index.ts";
import { JsonText } from "./json-text.ts";
import { PacedList } from "./paced-fields.ts";
import { leafText, rootSelection, type SelectedField, type Selection, selectionBelow } from "./selections.ts";

type Context = graphqlJs.ExecutionContext;
type Path = GraphQLResolveInfo["path"];
/** JSON text, or a promise of its parts if something below is asynchronous. */
type Text = string | Promise<Parts>;
type Parts = string | readonly Parts[];
/** A field of one object. */
type Place = { readonly context: Context; readonly field: SelectedField; readonly info: GraphQLResolveInfo };

/**
 * Executes a query or mutation as `execute` of graphql-js does, except that `data` is its JSON text, a JsonText. No
 * object is built just to be serialized, and what depends on the document alone (which fields, of which types) is
 * computed once instead of for every object.
 *
 * Clients and resolvers see no other difference: values, errors, their order and the order of calls are those of
 * graphql-js, even if promises are mixed with values. So each promise here corresponds to one there, and settles in the
 * same number of microtasks. test/fuzz/execution.ts compares both on random documents.
 *
 * The document must be valid. Never rejects; throws only if the arguments are invalid, as graphql-js does.
 */
export function executeToText(args: ExecutionArgs): ExecutionResult | Promise<ExecutionResult> {
  graphqlJs.assertValidExecutionArguments(args.schema, args.document, args.variableValues);
  const context = graphqlJs.buildExecutionContext(args);
  if (!("schema" in context)) return { errors: context };
  if (context.operation.operation === OperationTypeNode.SUBSCRIPTION) return execute(args);
  const { collectedErrors } = context;
  const resultOf = (text: JsonText | null): ExecutionResult => {
    const data = text as unknown as Record<string, unknown> | null;
    return collectedErrors.errors.length === 0 ? { data } : { errors: collectedErrors.errors, data };
  };
  const end = context.operation.operation === OperationTypeNode.MUTATION ? "}" : "";
  const succeed = (parts: Parts) => resultOf(new JsonText(joined([parts, end])));
  const failAll = (error: GraphQLError) => {
    collectedErrors.add(error, undefined);
    return resultOf(null);
  };
  try {
    const text = writeOperation(context, args);
    return isPromise(text) ? text.then(succeed, failAll) : succeed(text);
  } catch (error) {
    return failAll(error as GraphQLError);
  }
}

function writeOperation(context: Context, { document }: ExecutionArgs): Text {
  const { schema, operation, rootValue } = context;
  const type = schema.getRootType(operation.operation);
  if (!type) {
    const message = `Schema is not configured to execute ${operation.operation} operation.`;
    throw new GraphQLError(message, { nodes: operation });
  }
  const selection = rootSelection(document, context, type);
  if (operation.operation === OperationTypeNode.QUERY) return writeFields(context, selection, rootValue);
  // Each field of a mutation runs after the previous one has ended. The closing brace adds no further microtask.
  return promiseReduce<SelectedField, Parts>(
    selection,
    (before, field) => {
      const written = writeField(context, field, rootValue);
      const join = (after: Parts): Parts => [before, field.prefix, after];
      return isPromise(written) ? written.then(join) : join(written);
    },
    "{",
  ) as Text;
}

function writeFields(context: Context, selection: Selection, source: unknown, path?: Path): Text {
  const parts: Text[] = [];
  let text = "{";
  try {
    for (const field of selection) {
      const written = writeField(context, field, source, path);
      text += field.prefix;
      if (typeof written === "string") text += written;
      else {
        parts.push(text, written);
        text = "";
      }
    }
  } catch (error) {
    if (parts.length === 0) throw error;
    // The error is thrown once the previous fields have settled, or one of them has failed as well.
    return together(parts).finally(() => {
      throw error;
    });
  }
  return parts.length === 0 ? `${text}}` : together([...parts, `${text}}`]);
}

function together(parts: readonly Text[]): Promise<Parts> {
  return Promise.all(parts).then(joined);
}

function joined(parts: Parts): string {
  return typeof parts === "string" ? parts : parts.map(joined).join("");
}

function writeField(context: Context, field: SelectedField, source: unknown, prev?: Path): Text {
  if (prev !== undefined || !rootFields.hasSubscribers) return resolveField(context, field, source, prev);
  const name = `${field.parentType.name}.${field.definition.name}`;
  return rootFields.run({ name }, () => resolveField(context, field, source, prev));
}

function resolveField(context: Context, field: SelectedField, source: unknown, prev: Path | undefined): Text {
  const { key, nodes, parentType, definition } = field;
  const path = { prev, key, typename: parentType.name };
  const info = graphqlJs.buildResolveInfo(context, definition, nodes, parentType, path);
  const place = { context, field, info };
  const resolve = definition.resolve ?? context.fieldResolver;
  try {
    const [node] = nodes as [(typeof nodes)[0]];
    const args =
      definition.args.length === 0 ? {} : getArgumentValues(definition, node, context.variableValues);
    return complete(resolve(source, args, context.contextValue, info), definition.type, place, path);
  } catch (error) {
    return fail(error, definition.type, place, path);
  }
}

/** The text of the value of a field, or of an item of its list. Throws if it fails synchronously. */
function complete(value: unknown, type: GraphQLOutputType, place: Place, path: Path): Text {
  const written = isPromise(value)
    ? value.then((found) => write(found, type, place, path))
    : write(value, type, place, path);
  return isPromise(written) ? written.then(undefined, (error) => fail(error, type, place, path)) : written;
}

/** A nullable field or item becomes null; otherwise its parent fails with the error. */
function fail(error: unknown, type: GraphQLOutputType, { context, field }: Place, path: Path): string {
  const located = locatedError(error, field.nodes, responsePathAsArray(path));
  if (type instanceof GraphQLNonNull) throw located;
  context.collectedErrors.add(located, path);
  return "null";
}

function write(value: unknown, type: GraphQLOutputType, place: Place, path: Path): Text {
  if (value instanceof Error) throw value;
  const isRequired = type instanceof GraphQLNonNull;
  if (value === null || value === undefined) {
    if (!isRequired) return "null";
    throw new Error(`Cannot return null for non-nullable field ${nameOf(place.info)}.`);
  }
  const nullable = isRequired ? type.ofType : type;
  if (nullable instanceof GraphQLList) return writeList(value, nullable.ofType, place, path);
  const { leafType } = place.field;
  if (leafType !== null) return leafText(leafType, value);
  return nullable instanceof GraphQLObjectType
    ? writeObject(value, nullable, place, path)
    : writeAbstract(value, nullable as GraphQLAbstractType, place, path);
}

function writeList(list: unknown, type: GraphQLOutputType, place: Place, prev: Path): Text {
  if (typeof list !== "object" || typeof (list as Iterable<unknown>)[Symbol.iterator] !== "function") {
    throw new GraphQLError(`Expected Iterable, but did not find one for field "${nameOf(place.info)}".`);
  }
  if (list instanceof PacedList) return writePaced(list[Symbol.iterator](), type, place, prev, [], 0);
  const parts: Text[] = [];
  let key = 0;
  try {
    for (const item of list as Iterable<unknown>) {
      parts.push(key === 0 ? "[" : ",", writeItem(item, type, place, { prev, key, typename: undefined }));
      key++;
    }
  } catch (error) {
    forget(parts);
    throw error;
  }
  parts.push(key === 0 ? "[]" : "]");
  return parts.some(isPromise) ? Promise.all(parts) : parts.join("");
}

/** Waits for each item that is a promise before it asks for the next one. */
function writePaced(
  items: Iterator<unknown>,
  type: GraphQLOutputType,
  place: Place,
  prev: Path,
  parts: Text[],
  from: number,
): Text {
  let key = from;
  const add = (item: unknown) => {
    const written = writeItem(item, type, place, { prev, key, typename: undefined });
    // It may fail before the list is complete, which is when the failure is looked at.
    if (isPromise(written)) written.catch(() => {});
    parts.push(key++ === 0 ? "[" : ",", written);
  };
  try {
    for (let next = items.next(); next.done !== true; next = items.next()) {
      if (isPromise(next.value)) {
        return next.value.then((item) => {
          add(item);
          return writePaced(items, type, place, prev, parts, key);
        });
      }
      add(next.value);
    }
  } catch (error) {
    forget(parts);
    throw error;
  }
  parts.push(key === 0 ? "[]" : "]");
  return parts.some(isPromise) ? Promise.all(parts) : parts.join("");
}

function writeItem(item: unknown, type: GraphQLOutputType, place: Place, path: Path): Text {
  try {
    return complete(item, type, place, path);
  } catch (error) {
    return fail(error, type, place, path);
  }
}

/** graphql-js leaves items that were started before a failure to reject unhandled, which would end the process. */
function forget(parts: readonly Text[]): void {
  Promise.all(parts).catch(() => {});
}

function writeObject(value: unknown, type: GraphQLObjectType, place: Place, path: Path): Text {
  const { context, field, info } = place;
  const selection = selectionBelow(context, field, type);
  if (!type.isTypeOf) return writeFields(context, selection, value, path);
  const writeIf = (isOfType: boolean) => {
    if (isOfType) return writeFields(context, selection, value, path);
    const message = `Expected value of type "${type.name}" but got: ${inspect(value)}.`;
    throw new GraphQLError(message, { nodes: field.nodes });
  };
  const isOfType = type.isTypeOf(value, context.contextValue, info);
  return isPromise(isOfType) ? isOfType.then(writeIf) : writeIf(isOfType);
}

function writeAbstract(value: unknown, type: GraphQLAbstractType, place: Place, path: Path): Text {
  const { schema, typeResolver, contextValue } = place.context;
  const writeAs = (name: unknown) => {
    const found = typeof name === "string" ? schema.getType(name) : undefined;
    if (isObjectType(found) && schema.isSubType(type, found)) return writeObject(value, found, place, path);
    throw new GraphQLError(wrongType(name, found, type, value, place.info), { nodes: place.field.nodes });
  };
  const name = (type.resolveType ?? typeResolver)(value, contextValue, place.info, type);
  return isPromise(name) ? name.then(writeAs) : writeAs(name);
}

/** The message of graphql-js for a name that is not a possible object type here. */
function wrongType(
  name: unknown,
  found: unknown,
  { name: abstract }: GraphQLAbstractType,
  value: unknown,
  info: GraphQLResolveInfo,
): string {
  const must = `Abstract type "${abstract}" must resolve to an Object type at runtime for field "${nameOf(info)}"`;
  if (name === null || name === undefined) {
    return `${must}. Either the "${abstract}" type should provide a "resolveType" function or each possible type should provide an "isTypeOf" function.`;
  }
  if (typeof name !== "string") return `${must} with value ${inspect(value)}, received "${inspect(name)}".`;
  const was = `Abstract type "${abstract}" was resolved to a`;
  if (found === undefined) return `${was} type "${name}" that does not exist inside the schema.`;
  if (!isObjectType(found)) return `${was} non-object type "${name}".`;
  return `Runtime Object type "${name}" is not a possible type for "${abstract}".`;
}

function nameOf({ parentType, fieldName }: GraphQLResolveInfo): string {
  return `${parentType.name}.${fieldName}`;
}
