import {
  assertObjectType,
  buildSchema,
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getNamedType,
  getNullableType,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  parse,
  responsePathAsArray,
  validate,
} from "graphql";
import { executeToText } from "../../src/api/execution/execute-to-text.ts";
import { stringifyResult } from "../../src/api/execution/json-text.ts";
import { QueryMaker } from "./query.ts";
import { Random } from "./random.ts";

/*
 * Compares our executor with graphql-js on random documents. The resolvers of this schema return values, nothing,
 * errors and values of wrong types: synchronously, some microtasks later, or in another turn of the event loop. Their
 * behaviour depends only on the seed and the place in the answer, so that it is the same for both executors. Each call
 * is logged with its arguments and `info`. Both executors must agree in the text of the data, the errors with all their
 * members, the order of both, and the order of the calls.
 */
export const schema = buildSchema(`
  type Query { a: A  b: B!  node(id: ID): Node  nodes(first: Int = 2): [Node!]!  either: [Either]  loose: [Loose]
    text(of: String!, flags: [Boolean!]): String  plain: Plain  plains(by: Range): [Plain!] }
  type Mutation { first: A  second(by: Int): Int!  third: B!  plain: Plain }
  interface Node { id: ID!  name: String }
  input Range { from: Int = 1  to: Int }
  type A implements Node { id: ID!  name: String  count: Int!  share: Float  b: B!  others(first: Int): [A!]
    grid: [[Int!]!]  kind: Kind  any: Any }
  type B implements Node { id: ID!  name: String  isIt: Boolean!  a: A  either: Either!  kinds: [Kind!]!  list: [B]
    loose: Loose  values: [Any!] }
  type Plain { id: ID  name: String  count(by: Int = 1): Int!  plain: Plain  level: Int!  share: Float  isIt: Boolean!
    kind: Kind  any: Any  tags: [String!]  grid: [[Int]!]  renamed: String  other: Int!  either: Either  node: Node!
    lists: [Plain!] }
  union Either = A | B
  union Loose = B | A
  enum Kind { ONE TWO }
  scalar Any
`);

const plainType = assertObjectType(schema.getType("Plain"));

// Resolvers as Pothos makes them for exposed properties.
for (const [name, property] of [
  ["renamed", "label"],
  ["other", "number"],
] as const) {
  const field = plainType.getFields()[name];
  if (field === undefined) continue;
  field.extensions = { pothosExposedField: property };
  field.resolve = (source: Record<string, unknown>) => source[property];
}

export type Conduct = {
  readonly seed: number;
  /** The share of resolvers that fail. */
  readonly failures: number;
  /** Whether some values are promises. */
  readonly promises: boolean;
};
type Context = Conduct & { readonly log: string[] };
/** Returns the result of work, or a promise of it. */
type Deliver = (work: () => unknown) => unknown;

const leaves: Readonly<Record<string, readonly unknown[]>> = {
  String: ["", "a", 'with "quotes"\n and \u2028, 😀', "\ud800", 5, true, {}],
  ID: ["x", 7, 1.5],
  Int: [0, -0, -1, 2 ** 31 - 1, 2 ** 31, 3.5, "8", true],
  Float: [0.1, -0, 1e21, 5, Number.NaN, "2", "x"],
  Boolean: [true, false, 1, "yes"],
  Any: [{ b: [1, null], a: "x" }, [], 0, "text", "undefined", "null", "throw"],
};
const typeNames = ["A", "B", "B", "Query", "Nothing", "Kind", 7, undefined, null];

/** Values that resolvers throw, or return as errors. One has its own path. */
const failures: readonly (() => unknown)[] = [
  () => new Error("failure 1"),
  () => new TypeError("failure 2"),
  () => new GraphQLError("failure 3", { extensions: { code: "THREE", detail: { of: 3 } } }),
  () => new GraphQLError("failure 4", { path: ["elsewhere", 0] }),
  () => Object.assign(new Error("failure 5"), { extensions: { code: "FIVE" } }),
  () => "a text",
  () => undefined,
];

const serialized: Readonly<Record<string, (value: string) => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  throw: () => {
    throw new Error("not serializable");
  },
};

function valueFor(
  type: GraphQLOutputType,
  random: Random,
  share: number,
  deliver: Deliver,
  log: string[],
): unknown {
  if (random.chance(share)) {
    const failure = random.of(failures)();
    if (random.chance(0.5) || !(failure instanceof Error)) throw failure;
    return failure;
  }
  if (isNonNullType(type)) return valueFor(type.ofType, random, share, deliver, log);
  if (random.chance(0.08)) return random.chance(0.5) ? null : undefined;
  if (isListType(type)) {
    if (random.chance(0.02)) return random.of<unknown>(["no list", { length: 1 }, 3]);
    const items = Array.from({ length: random.integer(0, 3) }, () => {
      const item = caught(() => valueFor(type.ofType, random, share, deliver, log));
      return deliver(() => {
        if (item instanceof Error && item.message.length % 2 === 0) throw item;
        return item;
      });
    });
    if (random.chance(0.1)) return new Set(items).values();
    return random.chance(0.05) ? new Set(items) : items;
  }
  if (isEnumType(type)) return random.of<unknown>(["ONE", "TWO", "TWO", "THREE", 1]);
  if (isScalarType(type)) return random.of(leaves[type.name] ?? []);
  if (isAbstractType(type)) return { __typename: random.of<unknown>(typeNames), tag: random.integer(1, 9) };
  if (isObjectType(type) && type === plainType) return plainValue(random, share, deliver, log, 0);
  return { no: random.chance(share), tag: random.integer(1, 9) };
}

/** An object whose fields are read without resolvers: properties, getters and methods. Their use is logged. */
function plainValue(random: Random, share: number, deliver: Deliver, log: string[], depth: number): object {
  const value = {};
  for (const field of Object.values(plainType.getFields())) {
    const property = String(field.extensions["pothosExposedField"] ?? field.name);
    const result = plainResult(field.type, random, share, deliver, log, depth);
    const access = random.integer(0, 3);
    if (field.args.length > 0 || access === 0) {
      const method = (args: object, context: Context, info?: GraphQLResolveInfo) => {
        log.push(
          `method ${info && responsePathAsArray(info.path).join(".")} ${JSON.stringify(args)} ${context.seed}`,
        );
        return deliver(result);
      };
      Object.assign(value, { [property]: method });
    } else if (access === 1) {
      const get = () => {
        log.push(`read ${property}`);
        return result();
      };
      Object.defineProperty(value, property, { get });
    } else {
      Object.assign(value, { [property]: caught(() => deliver(result)) });
    }
  }
  return value;
}

/** A function that always returns the same value, or always throws the same error. */
function plainResult(
  type: GraphQLOutputType,
  random: Random,
  share: number,
  deliver: Deliver,
  log: string[],
  depth: number,
): () => unknown {
  const isEmpty = depth >= 2 || random.chance(0.3);
  try {
    const value =
      getNamedType(type) !== plainType
        ? valueFor(type, random, share, deliver, log)
        : isEmpty
          ? null
          : plainValue(random, share, deliver, log, depth + 1);
    return () =>
      isListType(getNullableType(type)) && getNamedType(type) === plainType && value !== null
        ? [value]
        : value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** The result of work, or its error, as an item of a list. */
function caught(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error instanceof Error ? error : new Error(`thrown: ${String(error)}`);
  }
}

const atOnce: Deliver = (work) => work();

/** Promises that have not settled yet. */
let outstanding = 0;

/** Half synchronously, the others some microtasks or a turn of the event loop later, some as a plain thenable. */
function randomlyDelayed(random: Random): Deliver {
  return (work) => {
    if (random.chance(0.5)) return work();
    const delay = random.integer(0, 6);
    const value =
      delay === 6
        ? new Promise<void>((resolve) => setImmediate(resolve)).then(work)
        : Array.from({ length: delay })
            .reduce<Promise<unknown>>((before) => before.then(), Promise.resolve())
            .then(work);
    outstanding++;
    // Also handles the rejection of a promise that an executor did not reach because it stopped at a failure.
    const settled = () => void outstanding--;
    value.then(settled, settled);
    if (!random.chance(0.1)) return value;
    const name = "then";
    return { [name]: (...handlers: [never, never]) => value.then(...handlers) };
  };
}

function hashOf(text: string): number {
  let hash = 0;
  for (const letter of text) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0;
  return hash;
}

/** Logs the call of a resolver, and returns the random numbers that decide its behaviour. */
function conductAt(what: string, { seed, promises, log }: Context, info: GraphQLResolveInfo, args: unknown) {
  const { fieldName, parentType, returnType, variableValues, fieldNodes, operation, fragments, rootValue } =
    info;
  const place = JSON.stringify([what, seed, responsePathAsArray(info.path), args, fieldName]);
  log.push(
    `${place} ${parentType}.${fieldName}: ${returnType}, path of ${info.path.typename}, ${fieldNodes.length} nodes at ` +
      `${fieldNodes.map(({ loc }) => loc?.start)}, ${operation.loc?.end}, ${Object.keys(fragments)}, ${rootValue}, ` +
      `${JSON.stringify(variableValues)}, schema ${info.schema === schema}`,
  );
  const deliver = promises ? randomlyDelayed(new Random(hashOf(`later ${place}`))) : atOnce;
  return { random: new Random(hashOf(place)), deliver };
}

for (const type of Object.values(schema.getTypeMap())) {
  if (type.name === "Any" && isScalarType(type)) {
    type.serialize = (value) => (typeof value === "string" ? (serialized[value]?.(value) ?? value) : value);
  }
  if (type.name.startsWith("__")) continue;
  // `Loose` uses the default: `__typename`, else `isTypeOf` of its members.
  if (isAbstractType(type) && type.name !== "Loose") {
    type.resolveType = (value: { __typename?: string }, context: Context, info) => {
      const { deliver, random } = conductAt("resolveType", context, info, []);
      return deliver(() => {
        if (random.chance(context.failures / 4)) throw new Error("no type");
        return value.__typename;
      }) as string;
    };
  }
  if (!isObjectType(type)) continue;
  if (type.name === "B") {
    type.isTypeOf = (value: { no?: boolean } | null, context: Context, info) => {
      const { deliver } = conductAt("isTypeOf", context, info, []);
      return deliver(() => value?.no !== true) as boolean;
    };
  }
  if (type.name === "Plain") continue;
  for (const field of Object.values(type.getFields())) {
    field.resolve = (source, args, context: Context, info) => {
      const tag = (source as { tag?: number } | undefined)?.tag;
      const { random, deliver } = conductAt(`resolve of ${tag}`, context, info, args);
      return deliver(() => valueFor(field.type, random, context.failures, deliver, context.log));
    };
  }
}

export type Given = {
  readonly document: DocumentNode;
  readonly source: string;
  readonly variableValues: Readonly<Record<string, unknown>>;
};

/** An endless sequence of valid documents, with variables that may be invalid. */
export function* randomDocuments(seed: number): Generator<Given> {
  const known = { ids: ["1"], refs: ["1"], events: ["1"], cursors: ["1"] };
  const maker = new QueryMaker(schema, new Random(seed), known, {
    mutations: 0.05,
    directives: 0.12,
    wide: 0,
    depth: 5,
  });
  for (;;) {
    const { query: source, variables } = maker.make();
    // Longer documents only take longer.
    const document = source.length > 1_000 ? null : validDocument(source);
    if (document !== null) yield { document, source, variableValues: variables };
  }
}

function validDocument(source: string): DocumentNode | null {
  try {
    const document = parse(source);
    return validate(schema, document).length === 0 ? document : null;
  } catch {
    return null;
  }
}

type Execute = typeof execute;

/** Everything that a client or a resolver can observe of an execution, as a text. */
async function seenOf(run: Execute, { document, variableValues }: Given, conduct: Conduct) {
  const log: string[] = [];
  const contextValue: Context = { ...conduct, log };
  const running = run({ schema, document, variableValues, contextValue, rootValue: "the root" });
  const isAtOnce = !(running instanceof Promise);
  const result = await running;
  // Waits for the work below failed fields, too; rejections are reported once the microtasks have run.
  do await new Promise((resolve) => setImmediate(resolve));
  while (outstanding > 0);
  const errors = (result.errors ?? []).map((error) => ({
    ...error.toJSON(),
    nodes: error.nodes?.map(({ kind, loc }) => [kind, loc?.start]),
    original: error.originalError?.message,
    isError: error instanceof GraphQLError,
  }));
  const lines = [Object.keys(result).join(), isAtOnce ? "at once" : "later", ...log];
  return {
    result,
    text: [stringifyResult({ data: result.data ?? null }), JSON.stringify(errors), ...lines].join("\n"),
  };
}

export type Compared = { readonly difference: string | null; readonly kind: "data" | "errors" | "both" };

/** Unlike graphql-js, our executor must not leave promises of a list without a handler if a later item fails. */
let isOwnRunning = false;

/** Executes a document with both executors. */
export async function compareExecutions(given: Given, conduct: Conduct): Promise<Compared> {
  isOwnRunning = true;
  const own = await seenOf(executeToText as Execute, given, conduct);
  isOwnRunning = false;
  const expected = await seenOf(execute, given, conduct);
  const kind = kindOf(expected.result);
  if (own.text === expected.text) return { kind, difference: null };
  const [ours, theirs] = [own.text.split("\n"), expected.text.split("\n")];
  const at = theirs.findIndex((line, index) => line !== ours[index]);
  const line = at < 0 ? theirs.length : at;
  const { source, variableValues } = given;
  const difference = [
    source,
    JSON.stringify({ variableValues, conduct }),
    `line ${line}`,
    `own:        ${ours[line]}`,
    `graphql-js: ${theirs[line]}`,
  ].join("\n");
  return { kind, difference };
}

function kindOf({ data, errors }: ExecutionResult): Compared["kind"] {
  if (data === null || data === undefined) return "errors";
  return errors === undefined ? "data" : "both";
}

export type ExecutionReport = {
  /** The number of executions with data, errors, or both. */
  readonly kinds: ReadonlyMap<Compared["kind"], number>;
  /** At most 20. */
  readonly differences: readonly string[];
  /** The number of promises that our executor left to reject without a handler. */
  readonly unhandled: number;
};

const conducts: readonly Omit<Conduct, "seed">[] = [
  { failures: 0, promises: false },
  { failures: 0.1, promises: false },
  { failures: 0, promises: true },
  { failures: 0.05, promises: true },
  { failures: 0.2, promises: true },
];

/** Compares the executions of random documents, each with two of the conducts. */
export async function fuzzExecution(documents: number, seed: number): Promise<ExecutionReport> {
  const kinds = new Map<Compared["kind"], number>();
  const differences: string[] = [];
  let made = 0;
  let unhandled = 0;
  const former = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", () => {
    if (isOwnRunning) unhandled++;
  });
  try {
    for (const given of randomDocuments(seed)) {
      if (made >= documents || differences.length >= 20) break;
      for (const step of [0, 2]) {
        const conduct = conducts[(made + step) % conducts.length] as (typeof conducts)[0];
        const { kind, difference } = await compareExecutions(given, { ...conduct, seed: seed + made });
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
        if (difference !== null) differences.push(difference);
      }
      made++;
    }
  } finally {
    process.removeAllListeners("unhandledRejection");
    for (const listener of former) process.on("unhandledRejection", listener);
  }
  return { kinds, differences, unhandled };
}
