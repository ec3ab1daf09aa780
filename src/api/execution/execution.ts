import {
  type GraphQLAbstractType,
  type GraphQLError,
  type GraphQLObjectType,
  getArgumentValues,
  isObjectType,
  locatedError,
} from "graphql";
import { rootFields } from "../../runtime/channels.ts";
import { AskedField, type Path } from "./asked-field.ts";
import type { OperationPlan, PlannedField, Selection } from "./plan.ts";
import type { Shape } from "./shape.ts";

/** JSON text; a promise where something below has to be waited for. */
type Text = string | Promise<string>;

/** A list as far as it is written. */
type ListText = {
  readonly path: Path;
  readonly isMadeOnDemand: boolean;
  /** What follows the last of the parts. */
  text: string;
  readonly parts: Text[];
  index: number;
};

const noArguments = Object.freeze({});

/** One request's execution of a plan. */
export class Execution {
  readonly errors: GraphQLError[] = [];
  readonly rootValue: unknown;
  readonly variables: Record<string, unknown>;
  readonly #context: unknown;
  /** By the fields' slots: they depend on variables alone. */
  readonly #arguments: (Record<string, unknown> | undefined)[] = [];

  constructor(rootValue: unknown, context: unknown, variables: Record<string, unknown>) {
    this.rootValue = rootValue;
    this.#context = context;
    this.variables = variables;
  }

  /** Throws or rejects with a located error where the data as a whole is null. */
  writeRoot({ root }: OperationPlan): Text {
    return this.#writeSelection(root, this.rootValue, undefined);
  }

  /** Each field once the one before has ended: mutations. */
  async writeSerially({ root }: OperationPlan): Promise<string> {
    let text = "{";
    for (const field of root) text += field.prefix + (await this.#writeRootField(field));
    return `${text}}`;
  }

  #writeSelection(selection: Selection, source: unknown, path: Path | undefined): Text {
    let text = "{";
    let parts: Text[] | undefined;
    for (const field of selection) {
      let written: Text;
      try {
        written = path === undefined ? this.#writeRootField(field) : this.#writeField(field, source, path);
      } catch (error) {
        if (parts !== undefined) forget(parts);
        throw error;
      }
      if (typeof written === "string") text += field.prefix + written;
      else {
        parts ??= [];
        parts.push(text + field.prefix, written);
        text = "";
      }
    }
    text += "}";
    return parts === undefined ? text : joined(parts, text);
  }

  #writeRootField(field: PlannedField): Text {
    if (!rootFields.hasSubscribers) return this.#writeField(field, this.rootValue, undefined);
    const name = `${field.parentType.name}.${field.definition.name}`;
    return rootFields.run({ name }, () => this.#writeField(field, this.rootValue, undefined));
  }

  #writeField(field: PlannedField, source: unknown, parentPath: Path | undefined): Text {
    try {
      const asked = new AskedField(field, this, parentPath);
      const value = field.resolve(source, this.#argumentsOf(field), this.#context, asked);
      const written = isPromise(value)
        ? value.then((found) => this.#write(field.shape, found, asked))
        : this.#write(field.shape, value, asked);
      if (typeof written === "string") return written;
      return written.then(undefined, (error) =>
        this.#fail(error, field, pathOf(field, parentPath), field.shape.isNullable),
      );
    } catch (error) {
      return this.#fail(error, field, pathOf(field, parentPath), field.shape.isNullable);
    }
  }

  #argumentsOf(field: PlannedField): Record<string, unknown> {
    if (field.definition.args.length === 0) return noArguments;
    const known = this.#arguments[field.slot];
    if (known !== undefined) return known;
    const values = Object.freeze(
      getArgumentValues(field.definition, field.nodes[0] as (typeof field.nodes)[number], this.variables),
    );
    this.#arguments[field.slot] = values;
    return values;
  }

  #write(shape: Shape, value: unknown, asked: AskedField, path?: Path): Text {
    if (value === null || value === undefined) {
      if (shape.isNullable) return "null";
      throw new Error(`Cannot return null for non-nullable field ${nameOf(asked)}.`);
    }
    if (value instanceof Error) throw value;
    switch (shape.kind) {
      case "leaf":
        return shape.text(value);
      case "object":
        return this.#writeObject(shape.type, value, asked, path ?? asked.path);
      case "list":
        return this.#writeList(shape.item, value, asked, path ?? asked.path);
      case "abstract":
        return this.#writeAbstract(shape.type, value, asked, path ?? asked.path);
    }
  }

  #writeList(shape: Shape, list: unknown, asked: AskedField, path: Path): Text {
    if (typeof list !== "object" || list === null || !(Symbol.iterator in list)) {
      throw new Error(`Expected Iterable, but did not find one for field "${nameOf(asked)}".`);
    }
    const items = (list as Iterable<unknown>)[Symbol.iterator]();
    return this.#writeItems(shape, items, asked, {
      path,
      isMadeOnDemand: !Array.isArray(list),
      text: "[",
      parts: [],
      index: 0,
    });
  }

  /** Where a list makes its items on demand and gives a promise, the items behind it wait for it. */
  #writeItems(shape: Shape, items: Iterator<unknown>, asked: AskedField, written: ListText): Text {
    try {
      for (let next = items.next(); next.done !== true; next = items.next()) {
        const item = next.value;
        if (written.isMadeOnDemand && isPromise(item)) {
          return item.then((found) => {
            this.#addItem(shape, found, asked, written);
            return this.#writeItems(shape, items, asked, written);
          });
        }
        this.#addItem(shape, item, asked, written);
      }
    } catch (error) {
      forget(written.parts);
      throw error;
    }
    const text = `${written.text}]`;
    return written.parts.length === 0 ? text : joined(written.parts, text);
  }

  #addItem(shape: Shape, item: unknown, asked: AskedField, list: ListText): void {
    const path = { prev: list.path, key: list.index, typename: undefined };
    if (list.index++ > 0) list.text += ",";
    const written = this.#writeItem(shape, item, asked, path);
    if (typeof written === "string") list.text += written;
    else {
      // It may fail before the rest of the list is there, and with it somebody who looks at it.
      if (list.isMadeOnDemand) written.catch(() => {});
      list.parts.push(list.text, written);
      list.text = "";
    }
  }

  #writeItem(shape: Shape, item: unknown, asked: AskedField, path: Path): Text {
    try {
      const written = isPromise(item)
        ? item.then((found) => this.#write(shape, found, asked, path))
        : this.#write(shape, item, asked, path);
      if (typeof written === "string") return written;
      return written.then(undefined, (error) => this.#fail(error, asked.field, path, shape.isNullable));
    } catch (error) {
      return this.#fail(error, asked.field, path, shape.isNullable);
    }
  }

  #writeObject(type: GraphQLObjectType, value: unknown, asked: AskedField, path: Path): Text {
    const { field } = asked;
    const write = (): Text => this.#writeSelection(field.plan.selectionBelow(field, type), value, path);
    const isOfType = type.isTypeOf?.(value, this.#context, asked) ?? true;
    const demand = (isIt: boolean) => {
      if (!isIt) throw new Error(`Expected value of type "${type.name}" but got: ${describe(value)}.`);
      return write();
    };
    return isPromise(isOfType) ? isOfType.then(demand) : demand(isOfType);
  }

  #writeAbstract(type: GraphQLAbstractType, value: unknown, asked: AskedField, path: Path): Text {
    const { schema } = asked.field.plan;
    const write = (name: string | undefined): Text => {
      const found = name === undefined ? undefined : schema.getType(name);
      if (!isObjectType(found) || !schema.isSubType(type, found)) {
        throw new Error(
          `Abstract type "${type.name}" must resolve to an Object type at runtime for field "${nameOf(asked)}".`,
        );
      }
      return this.#writeObject(found, value, asked, path);
    };
    const resolve = type.resolveType ?? ((given: unknown) => (given as { __typename?: string }).__typename);
    const name = resolve(value, this.#context, asked, type);
    return isPromise(name) ? name.then(write) : write(name);
  }

  /** A field that may be null is; else its object fails. */
  #fail(error: unknown, field: PlannedField, path: Path, isNullable: boolean): string {
    const located = locatedError(error, field.nodes, keysOf(path));
    if (!isNullable) throw located;
    this.errors.push(located);
    return "null";
  }
}

function joined(parts: Text[], end: string): Promise<string> {
  parts.push(end);
  return Promise.all(parts).then((texts) => texts.join(""));
}

/** What is still waited for when a field beside it has failed: its own failure is of no interest any more. */
function forget(parts: readonly Text[]): void {
  for (const part of parts) if (typeof part !== "string") part.catch(() => {});
}

function pathOf({ responseName, parentType }: PlannedField, prev: Path | undefined): Path {
  return { prev, key: responseName, typename: parentType.name };
}

function keysOf(path: Path): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let at: Path | undefined = path; at !== undefined; at = at.prev) keys.push(at.key);
  return keys.reverse();
}

function nameOf({ parentType, fieldName }: AskedField): string {
  return `${parentType.name}.${fieldName}`;
}

function describe(value: unknown): string {
  return typeof value === "object" ? "an object of another" : String(value);
}

function isPromise<Value>(value: Value | PromiseLike<Value>): value is Promise<Value> {
  if (value instanceof Promise) return true;
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
