import {
  defaultFieldResolver,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
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
import { type ExposedProperty, limitValue, PacedList } from "./paced-fields.ts";
import {
  argumentsOf,
  leafText,
  rootSelection,
  type SelectedField,
  type Selection,
  type Shape,
  selectionBelow,
  simpleText,
} from "./selections.ts";

type Context = graphqlJs.ExecutionContext;
type Path = GraphQLResolveInfo["path"];
/** JSON text, or a promise of its parts if something below is asynchronous. */
type Text = string | Promise<Parts>;
type Parts = string | readonly Parts[];
type Properties = Readonly<Record<string, unknown>>;
type Method = (args: object, context: unknown, info: GraphQLResolveInfo) => unknown;

/**
 * A field of one object, and the `info` of its resolver. Most resolvers read nothing of it, so its members are getters
 * instead of the dozen properties that graphql-js copies for each call.
 */
class Place implements GraphQLResolveInfo {
  readonly context: Context;
  readonly field: SelectedField;
  readonly path: Path;

  constructor(context: Context, field: SelectedField, prev: Path | undefined) {
    this.context = context;
    this.field = field;
    this.path = { prev, key: field.key, typename: field.parentType.name };
  }

  get fieldName(): string {
    return this.field.definition.name;
  }

  get fieldNodes(): GraphQLResolveInfo["fieldNodes"] {
    return this.field.nodes;
  }

  get returnType(): GraphQLResolveInfo["returnType"] {
    return this.field.definition.type;
  }

  get parentType(): GraphQLObjectType {
    return this.field.parentType;
  }

  get schema(): GraphQLResolveInfo["schema"] {
    return this.context.schema;
  }

  get fragments(): GraphQLResolveInfo["fragments"] {
    return this.context.fragments;
  }

  get rootValue(): unknown {
    return this.context.rootValue;
  }

  get operation(): GraphQLResolveInfo["operation"] {
    return this.context.operation;
  }

  get variableValues(): GraphQLResolveInfo["variableValues"] {
    return this.context.variableValues;
  }

  /** The field in messages. */
  get title(): string {
    return `${this.field.parentType.name}.${this.field.definition.name}`;
  }
}

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
    selection.length === 0 ? "{" : "",
  ) as Text;
}

function writeFields(context: Context, selection: Selection, source: unknown, path?: Path): Text {
  // Fields of the root are reported, see `writeField`.
  const isPlain =
    path !== undefined &&
    typeof source === "object" &&
    source !== null &&
    context.fieldResolver === defaultFieldResolver;
  let parts: Text[] | null = null;
  let text = selection.length === 0 ? "{" : "";
  try {
    for (const field of selection) {
      const written =
        isPlain && field.exposed !== null
          ? writeExposed(context, field, field.exposed, source as Properties, path)
          : writeField(context, field, source, path);
      text += field.prefix;
      if (typeof written === "string") text += written;
      else {
        parts ??= [];
        parts.push(text, written);
        text = "";
      }
    }
  } catch (error) {
    if (parts === null) throw error;
    // The error is thrown once the previous fields have settled, or one of them has failed as well.
    return together(parts).finally(() => {
      throw error;
    });
  }
  return parts === null ? `${text}}` : together([...parts, `${text}}`]);
}

function together(parts: readonly Text[]): Promise<Parts> {
  return Promise.all(parts).then(joined);
}

function joined(parts: Parts): string {
  if (typeof parts === "string") return parts;
  let text = "";
  for (const part of parts) text += joined(part);
  return text;
}

/**
 * Reads a property and writes it. Almost all fields of an answer are such leaves, and almost all values are what their
 * type promises: only the others need a path and `info`.
 */
function writeExposed(
  context: Context,
  field: SelectedField,
  { property, limit, callsMethods }: ExposedProperty,
  source: Properties,
  prev: Path | undefined,
): Text {
  const { shape } = field;
  let value: unknown;
  try {
    value = source[property];
    if (callsMethods && typeof value === "function") {
      const info = new Place(context, field, prev);
      // Read again, as defaultFieldResolver does.
      value = (source as Readonly<Record<string, Method>>)[property]?.({}, context.contextValue, info);
    }
    if (limit !== null) value = limitValue(limit, value, context.contextValue as never);
    const text = simpleText(shape, value);
    if (text !== null) return text;
  } catch (error) {
    const place = new Place(context, field, prev);
    return fail(error, shape, place, place.path);
  }
  const place = new Place(context, field, prev);
  return writeItem(value, shape, place, place.path);
}

function writeField(context: Context, field: SelectedField, source: unknown, prev?: Path): Text {
  if (prev !== undefined || !rootFields.hasSubscribers) return resolveField(context, field, source, prev);
  const name = `${field.parentType.name}.${field.definition.name}`;
  return rootFields.run({ name }, () => resolveField(context, field, source, prev));
}

function resolveField(context: Context, field: SelectedField, source: unknown, prev: Path | undefined): Text {
  const { definition, shape } = field;
  const place = new Place(context, field, prev);
  const resolve = definition.resolve ?? context.fieldResolver;
  try {
    const args = argumentsOf(field, context.variableValues);
    return complete(resolve(source, args, context.contextValue, place), shape, place, place.path);
  } catch (error) {
    return fail(error, shape, place, place.path);
  }
}

/** The text of the value of a field, or of an item of its list. Throws if it fails synchronously. */
function complete(value: unknown, shape: Shape, place: Place, path: Path): Text {
  const written = isPromise(value)
    ? value.then((found) => write(found, shape, place, path))
    : write(value, shape, place, path);
  return typeof written === "string"
    ? written
    : written.then(undefined, (error) => fail(error, shape, place, path));
}

/** A nullable field or item becomes null; otherwise its parent fails with the error. */
function fail(error: unknown, { isRequired }: Shape, { context, field }: Place, path: Path): string {
  const located = locatedError(error, field.nodes, responsePathAsArray(path));
  if (isRequired) throw located;
  context.collectedErrors.add(located, path);
  return "null";
}

function write(value: unknown, shape: Shape, place: Place, path: Path): Text {
  if (value instanceof Error) throw value;
  if (value === null || value === undefined) {
    if (!shape.isRequired) return "null";
    throw new Error(`Cannot return null for non-nullable field ${place.title}.`);
  }
  if (shape.item !== null) return writeList(value, shape.item, place, path);
  if (shape.leafType !== null) return leafText(shape.leafType, value);
  return shape.objectType !== null
    ? writeObject(value, shape.objectType, place, path)
    : writeAbstract(value, shape.abstractType as GraphQLAbstractType, place, path);
}

function writeList(list: unknown, item: Shape, place: Place, prev: Path): Text {
  if (list instanceof PacedList) return writePaced(list, item, place, prev);
  if (typeof list !== "object" || typeof (list as Iterable<unknown>)[Symbol.iterator] !== "function") {
    throw new GraphQLError(`Expected Iterable, but did not find one for field "${place.title}".`);
  }
  const items = new ItemsText();
  try {
    for (const value of list as Iterable<unknown>)
      items.add(writeItemAt(value, item, place, prev, items.length));
  } catch (error) {
    items.forget();
    throw error;
  }
  return items.end();
}

/** The text of a list's items so far. */
class ItemsText {
  length = 0;
  /** The characters of all items except promises. */
  characters = 0;
  #text = "[";
  #parts: Text[] | null = null;
  #hasPromises = false;

  add(written: Text): void {
    if (this.length++ > 0) this.#text += ",";
    if (typeof written === "string") {
      this.#text += written;
      this.characters += written.length;
      if (this.#text.length < portionCharacters) return;
      this.#parts ??= [];
      this.#parts.push(flat(this.#text));
    } else {
      this.#parts ??= [];
      this.#parts.push(this.#text, written);
      this.#hasPromises = true;
    }
    this.#text = "";
  }

  end(): Text {
    const text = `${this.#text}]`;
    if (this.#parts === null) return text;
    this.#parts.push(text);
    return this.#hasPromises ? Promise.all(this.#parts) : this.#parts.join("");
  }

  /** graphql-js leaves items that were started before a failure to reject unhandled, which would end the process. */
  forget(): void {
    if (this.#parts !== null) Promise.all(this.#parts).catch(() => {});
  }
}

/** The characters of a list that are made flat at a time. */
const portionCharacters = 4_096;

/**
 * V8 represents a sum of texts as a tree of its terms, several times as large as the text, which the garbage collector
 * would have to copy again and again while a long answer is written. Reading a character makes one text of it.
 */
function flat(text: string): string {
  return text.charCodeAt(0) === 0 ? "" : text;
}

/** Writes a list in several turns of the event loop. */
function writePaced(list: PacedList<unknown>, item: Shape, place: Place, prev: Path): Text {
  const items = new ItemsText();
  let checkedAt = 0;
  let isTurnNew = false;
  const proceed = (): Text => {
    try {
      while (items.length < list.length) {
        const { length, characters } = items;
        const isDue = length % maxUncheckedItems === 0 || characters - checkedAt > maxUncheckedCharacters;
        if (isDue && !isTurnNew) {
          checkedAt = characters;
          if (list.isTurnOver) {
            // The output of an ended request is discarded: stop, and leave no promise behind.
            if (list.hasEnded) break;
            isTurnNew = true;
            return list.pause().then(proceed);
          }
        }
        isTurnNew = false;
        const written = writeItemAt(list.at(length), item, place, prev, length);
        // It may fail before the list is complete, which is when the failure is looked at.
        if (typeof written !== "string") written.catch(() => {});
        items.add(written);
      }
    } catch (error) {
      items.forget();
      throw error;
    }
    return items.end();
  };
  return proceed();
}

/** How much of a list is written until the event loop's time is looked at again, which takes 50 ns. */
const maxUncheckedItems = 16;
const maxUncheckedCharacters = 1_000;

function writeItemAt(value: unknown, shape: Shape, place: Place, prev: Path, key: number): Text {
  if (shape.leafType !== null) {
    try {
      const text = simpleText(shape, value);
      if (text !== null) return text;
    } catch (error) {
      return fail(error, shape, place, { prev, key, typename: undefined });
    }
  }
  return writeItem(value, shape, place, { prev, key, typename: undefined });
}

function writeItem(value: unknown, shape: Shape, place: Place, path: Path): Text {
  try {
    return complete(value, shape, place, path);
  } catch (error) {
    return fail(error, shape, place, path);
  }
}

function writeObject(value: unknown, type: GraphQLObjectType, place: Place, path: Path): Text {
  const { context, field } = place;
  const selection = selectionBelow(context, field, type);
  if (!type.isTypeOf) return writeFields(context, selection, value, path);
  const writeIf = (isOfType: boolean) => {
    if (isOfType) return writeFields(context, selection, value, path);
    const message = `Expected value of type "${type.name}" but got: ${inspect(value)}.`;
    throw new GraphQLError(message, { nodes: field.nodes });
  };
  const isOfType = type.isTypeOf(value, context.contextValue, place);
  return isPromise(isOfType) ? isOfType.then(writeIf) : writeIf(isOfType);
}

function writeAbstract(value: unknown, type: GraphQLAbstractType, place: Place, path: Path): Text {
  const { schema, typeResolver, contextValue } = place.context;
  const writeAs = (name: unknown) => {
    const found = typeof name === "string" ? schema.getType(name) : undefined;
    if (isObjectType(found) && schema.isSubType(type, found)) return writeObject(value, found, place, path);
    throw new GraphQLError(wrongType(name, found, type, value, place), { nodes: place.field.nodes });
  };
  const name = (type.resolveType ?? typeResolver)(value, contextValue, place, type);
  return isPromise(name) ? name.then(writeAs) : writeAs(name);
}

/** The message of graphql-js for a name that is not a possible object type here. */
function wrongType(
  name: unknown,
  found: unknown,
  { name: abstract }: GraphQLAbstractType,
  value: unknown,
  { title: field }: Place,
): string {
  const must = `Abstract type "${abstract}" must resolve to an Object type at runtime for field "${field}"`;
  if (name === null || name === undefined) {
    return `${must}. Either the "${abstract}" type should provide a "resolveType" function or each possible type should provide an "isTypeOf" function.`;
  }
  if (typeof name !== "string") return `${must} with value ${inspect(value)}, received "${inspect(name)}".`;
  const was = `Abstract type "${abstract}" was resolved to a`;
  if (found === undefined) return `${was} type "${name}" that does not exist inside the schema.`;
  if (!isObjectType(found)) return `${was} non-object type "${name}".`;
  return `Runtime Object type "${name}" is not a possible type for "${abstract}".`;
}
