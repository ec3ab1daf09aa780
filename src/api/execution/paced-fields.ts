import {
  defaultFieldResolver,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
  isObjectType,
} from "graphql";
import { JsonText } from "./json-text.ts";
import type { Allowance, LoaderLevel } from "./request-limits.ts";

/** The part of a request's context that its fields spend and wait for. */
type Context = { readonly allowance: Allowance; readonly loaders: { readonly batches: LoaderLevel } };

/**
 * A list that is completed in several turns of the event loop: once the current turn is over, the next item is a
 * promise, which delays the items behind it.
 */
export class PacedList<Item> implements Iterable<Item | Promise<Item>> {
  readonly #items: readonly Item[];
  readonly #context: Context;

  constructor(items: readonly Item[], context: Context) {
    this.#items = items;
    this.#context = context;
  }

  *[Symbol.iterator](): Iterator<Item | Promise<Item>> {
    const { allowance, loaders } = this.#context;
    for (const item of this.#items) {
      if (allowance.isTurnOver) {
        // The output of an ended request is discarded: stop, and leave no promise behind.
        if (allowance.hasEnded) return;
        yield allowance.pause(loaders.batches).then(() => item);
      } else {
        yield item;
      }
    }
  }
}

type Resolver = GraphQLFieldResolver<unknown, Context>;
/** Applied to the value of a field before it is completed. */
type FieldLimit = (value: unknown, context: Context) => unknown;

/** Leaf types whose values may be long. */
const textTypes = new Set(["String", "ID", "JSON"]);

/** Shorter lists are completed in one turn. */
const maxUnpacedLength = 16;

/**
 * Wraps the resolvers of a schema: texts spend the request's allowance, and objects and lists wait for their turn of
 * the event loop if the current one is over.
 */
export function limitFields(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith("__") || !isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const limit = limitOf(field.type);
      const resolve = (field.resolve ?? defaultFieldResolver) as Resolver;
      const limited = limit === null ? resolve : wrap(resolve, limit);
      field.resolve = type === schema.getQueryType() ? paceRootField(limited) : limited;
    }
  }
}

function limitOf(type: GraphQLOutputType): FieldLimit | null {
  const named = getNamedType(type);
  if (isLeafType(named)) return textTypes.has(named.name) ? spendTexts : null;
  return isListType(getNullableType(type)) ? paceList : paceObject;
}

function wrap(resolve: Resolver, limit: FieldLimit): Resolver {
  return (source, args, context, info) => {
    const value = resolve(source, args, context, info);
    if (!(value instanceof Promise)) {
      // Synchronous objects belong to the list item that is being completed.
      return limit === paceObject ? value : limit(value, context);
    }
    return value.then((found) => limit(found, context));
  };
}

/** Starts root fields in several turns: there may be hundreds of aliases. */
function paceRootField(resolve: Resolver): Resolver {
  return (source, args, context, info) => {
    const { allowance, loaders } = context;
    if (!allowance.isTurnOver) return resolve(source, args, context, info);
    return allowance.pause(loaders.batches).then(() => resolve(source, args, context, info));
  };
}

const spendTexts: FieldLimit = (value, context) => {
  if (typeof value === "string") context.allowance.spendText(value);
  else if (value instanceof JsonText) context.allowance.spendText(value.text);
  else if (Array.isArray(value)) for (const item of value) spendTexts(item, context);
  return value;
};

const paceObject: FieldLimit = (value, { allowance, loaders }) => {
  if (value === null || !allowance.isTurnOver) return value;
  return allowance.pause(loaders.batches).then(() => value);
};

const paceList: FieldLimit = (value, context) => {
  if (!Array.isArray(value)) return value;
  const list = value.length <= maxUnpacedLength ? value : new PacedList(value, context);
  return paceObject(list, context);
};
