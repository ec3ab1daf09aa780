import {
  defaultFieldResolver,
  type GraphQLField,
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

/** What a list is read by: arrays, and lists whose items are made when they are read. */
type Items<Item> = { readonly length: number; at(index: number): Item | undefined };

/**
 * A list that is written in several turns of the event loop. For graphql-js, which reads it by its iterator, the next
 * item is a promise once the current turn is over, which delays the items behind it.
 */
export class PacedList<Item> implements Iterable<Item | Promise<Item>> {
  readonly #items: Items<Item>;
  readonly #context: Context;

  constructor(items: Items<Item>, context: Context) {
    this.#items = items;
    this.#context = context;
  }

  get length(): number {
    return this.#items.length;
  }

  at(index: number): Item {
    return this.#items.at(index) as Item;
  }

  /** Whether other work is due: the writer should wait for `pause`. */
  get isTurnOver(): boolean {
    return this.#context.allowance.isTurnOver;
  }

  /** Whether the request has ended: its answer is no longer needed. */
  get hasEnded(): boolean {
    return this.#context.allowance.hasEnded;
  }

  pause(): Promise<void> {
    return this.#context.allowance.pause(this.#context.loaders.batches);
  }

  *[Symbol.iterator](): Iterator<Item | Promise<Item>> {
    for (let index = 0; index < this.length; index++) {
      const item = this.at(index);
      if (this.isTurnOver) {
        // The output of an ended request is discarded: stop, and leave no promise behind.
        if (this.hasEnded) return;
        yield this.pause().then(() => item);
      } else {
        yield item;
      }
    }
  }
}

/** A list whose items are made when they are read, so that a long one never exists as a whole. */
export class LazyList<Item> implements Iterable<Item> {
  readonly length: number;
  /** Makes the item at an index. */
  readonly at: (index: number) => Item;

  constructor(length: number, at: (index: number) => Item) {
    this.length = length;
    this.at = at;
  }

  *[Symbol.iterator](): Iterator<Item> {
    for (let index = 0; index < this.length; index++) yield this.at(index);
  }
}

type Resolver = GraphQLFieldResolver<unknown, Context>;
/** Applied to the value of a field before it is completed. */
type FieldLimit = (value: unknown, context: Context) => unknown;

/** A field whose resolver only reads a property of its source. An executor may do so itself. */
export type ExposedProperty = {
  readonly property: string;
  /** Whether a property that is a function is called, as `defaultFieldResolver` does. */
  readonly callsMethods: boolean;
  /** What `limitFields` applies to the value. */
  readonly limit: FieldLimit | null;
};

const exposedKey = "exposedProperty";

/** The property that a field exposes; null if its resolver does anything else. */
export function exposedProperty({
  name,
  args,
  resolve,
  extensions,
}: GraphQLField<unknown, unknown>): ExposedProperty | null {
  const exposed = extensions[exposedKey] as ExposedProperty | null | undefined;
  if (exposed !== undefined) return exposed;
  if (args.length > 0) return null;
  if (resolve === undefined || resolve === defaultFieldResolver)
    return { property: name, callsMethods: true, limit: null };
  const property = extensions["pothosExposedField"];
  return typeof property === "string" ? { property, callsMethods: false, limit: null } : null;
}

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
      const exposed = exposedProperty(field);
      field.extensions = { ...field.extensions, [exposedKey]: exposed && { ...exposed, limit } };
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
  return (source, args, context, info) => limitValue(limit, resolve(source, args, context, info), context);
}

export function limitValue(limit: FieldLimit, value: unknown, context: Context): unknown {
  if (!(value instanceof Promise)) {
    // Synchronous objects belong to the list item that is being completed.
    return limit === paceObject ? value : limit(value, context);
  }
  return value.then((found) => limit(found, context));
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
  if (!Array.isArray(value) && !(value instanceof LazyList)) return value;
  const list = value.length <= maxUnpacedLength ? value : new PacedList(value, context);
  return paceObject(list, context);
};
