import {
  buildSchema,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
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
import { expect, it } from "vitest";
import { executeToText } from "../../src/api/execution/execute-to-text.ts";
import { JsonText, stringifyResult } from "../../src/api/json-text.ts";
import { QueryMaker } from "../fuzz/query.ts";
import { Random } from "../fuzz/random.ts";

/*
 * The referee is graphql-js: on random queries over a schema with every kind of type, whose resolvers give values,
 * nothing, failures and wrong types, at once or later, both must give the same.
 */
const schema = buildSchema(`
  type Query { a: A  b: B!  node(id: ID): Node  nodes(first: Int = 2): [Node!]!  either: [Either]  text(of: String!): String }
  type Mutation { first: A  second(by: Int): Int!  third: B! }
  interface Node { id: ID!  name: String }
  type A implements Node { id: ID!  name: String  count: Int!  share: Float  b: B!  others(first: Int): [A!]  grid: [[Int!]!]  kind: Kind }
  type B implements Node { id: ID!  name: String  isIt: Boolean!  a: A  any: Either!  kinds: [Kind!]!  list: [B] }
  union Either = A | B
  enum Kind { ONE TWO }
`);

/** What resolvers do, decided by the place in the answer alone: both executions must meet the same. */
type Conduct = {
  readonly seed: number;
  readonly failures: number;
  /** Whether some of it comes later. Failures and values are the same as where nothing does. */
  readonly promises: boolean;
};

const values = {
  String: ["", "a", 'with "quotes"\n and \u2028, 😀', "\ud800"],
  ID: ["x", 7],
  Int: [0, -0, -1, 2 ** 31 - 1, 3.5, "8", true],
  Float: [0.1, -0, 1e21, 5, Number.NaN, "2"],
  Boolean: [true, false, 1, "yes"],
} as const;

/** Decides what comes later. */
type Deliver = (work: () => unknown) => unknown;

function valueFor(type: GraphQLOutputType, random: Random, failures: number, deliver: Deliver): unknown {
  if (random.chance(failures)) {
    const error = new Error(`failure ${random.integer(1, 3)}`);
    if (random.chance(0.5)) throw error;
    return error;
  }
  if (isNonNullType(type)) return valueFor(type.ofType, random, failures, deliver);
  if (random.chance(0.1)) return random.chance(0.5) ? null : undefined;
  if (isListType(type)) {
    if (random.chance(0.02)) return "no list";
    const items = Array.from({ length: random.integer(0, 3) }, () => {
      const item = caught(() => valueFor(type.ofType, random, failures, deliver));
      return deliver(() => item);
    });
    return random.chance(0.1) ? items.values() : items;
  }
  if (isEnumType(type)) return random.of(["ONE", "TWO", "THREE"]);
  if (isScalarType(type)) return random.of<unknown>(values[type.name as keyof typeof values]);
  if (isAbstractType(type)) return { __typename: random.of(["A", "B", "B", "Query", undefined]) };
  return { no: random.chance(failures) };
}

/** Lists cannot throw for an item: they hold its error. */
function caught(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

const atOnce: Deliver = (work) => work();

/** Some at once, some with the next microtask, some with the next turn of the event loop. */
function someLater(random: Random): Deliver {
  return (work) => {
    if (random.chance(0.5)) return work();
    const turn = random.chance(0.3)
      ? new Promise<void>((resolve) => setImmediate(resolve))
      : Promise.resolve();
    return turn.then(work);
  };
}

function hashOf(text: string): number {
  let hash = 0;
  for (const letter of text) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0;
  return hash;
}

for (const type of Object.values(schema.getTypeMap())) {
  if (type.name.startsWith("__")) continue;
  if (isAbstractType(type)) {
    type.resolveType = (value: unknown, { promises }: Conduct) => {
      const name = (value as { __typename?: string }).__typename;
      return promises && name === "A" ? Promise.resolve(name) : name;
    };
  }
  if (!isObjectType(type)) continue;
  if (type.name === "B") type.isTypeOf = (value) => (value as { no?: boolean }).no !== true;
  for (const field of Object.values(type.getFields())) {
    const resolve: GraphQLFieldResolver<unknown, Conduct> = (_source, args, conduct, info) => {
      const place = JSON.stringify([conduct.seed, responsePathAsArray(info.path), args, info.fieldName]);
      const deliver = conduct.promises ? someLater(new Random(hashOf(`later ${place}`))) : atOnce;
      return deliver(() => valueFor(field.type, new Random(hashOf(place)), conduct.failures, deliver));
    };
    field.resolve = resolve as GraphQLFieldResolver<unknown, unknown>;
  }
}

function* randomQueries(
  seed: number,
  count: number,
): Generator<{ document: DocumentNode; variables: ExecutionArgs["variableValues"] }> {
  const maker = new QueryMaker(schema, new Random(seed), {
    ids: ["1"],
    refs: ["1"],
    events: ["1"],
    cursors: ["1"],
  });
  for (let made = 0; made < count; ) {
    const { query, variables } = maker.make();
    // Longer ones only take longer.
    const document = query.length > 1_000 ? null : validDocument(query);
    if (document === null) continue;
    made++;
    yield { document, variables };
  }
}

function validDocument(query: string): DocumentNode | null {
  try {
    const document = parse(query);
    return validate(schema, document).length === 0 ? document : null;
  } catch {
    return null;
  }
}

type Told = {
  readonly data: unknown;
  readonly errors: readonly { readonly path: string; readonly message: string }[];
};

function told({ data, errors = [] }: ExecutionResult): Told {
  return {
    data: JSON.parse(stringifyResult({ data: data ?? null })).data,
    errors: errors
      .map((error) => ({ path: JSON.stringify(error.path ?? null), message: messageOf(error) }))
      .sort((a, b) => (a.path + a.message < b.path + b.message ? -1 : 1)),
  };
}

/** What only a defect of the resolvers brings about may be told in other words. */
function messageOf({ message }: GraphQLError): string {
  return message
    .replace(/^(Expected value of type "\w+") but got.*/, "$1")
    .replace(
      /^(Abstract type "\w+").*|^Runtime Object type "\w+" is not a possible type for ("\w+").*/,
      "No type",
    );
}

/** The places of the answer that are null for an error. */
function nulledPlaces({ data, errors }: Told): string[] {
  const places = new Set<string>();
  for (const { path } of errors) {
    let at: unknown = data;
    let place = "";
    for (const key of (JSON.parse(path) ?? []) as (string | number)[]) {
      if (at === null) break;
      place += `/${key}`;
      at = (at as Record<string | number, unknown>)[key];
    }
    places.add(place);
  }
  return [...places].sort();
}

/** Of each seed. */
const count = Number(process.env["QUERIES"] ?? 100);
const seeds = [1, Math.floor(Math.random() * 2 ** 31)];

it.each(seeds)("gives what graphql-js gives (seed %i)", async (seed) => {
  const kinds = new Set<string>();
  for (const { document, variables } of randomQueries(seed, count)) {
    for (const failures of [0, 0.02, 0.15]) {
      const args = { schema, document, variableValues: variables };
      const conduct = { seed, failures, promises: false };
      const referee = await execute({ ...args, contextValue: conduct });
      const expected = told(referee);
      const given = await executeToText({ ...args, contextValue: conduct });
      expect(JSON.stringify(told(given))).toBe(JSON.stringify(expected));
      const locationsOf = ({ errors }: ExecutionResult) => errors?.map(({ locations }) => locations);
      expect(locationsOf(given)).toEqual(locationsOf(referee));
      kinds.add(referee.data == null ? "no data" : referee.errors === undefined ? "data" : "both");

      const later = told(await executeToText({ ...args, contextValue: { ...conduct, promises: true } }));
      expect(JSON.stringify(later.data)).toBe(JSON.stringify(expected.data));
      // Where several fields of an object fail, it depends on time which of them is told.
      expect(nulledPlaces(later)).toEqual(nulledPlaces(expected));
    }
  }
  expect([...kinds].sort()).toEqual(["both", "data", "no data"]);
});

const executions = (source: string, extra: Partial<ExecutionArgs> = {}) => {
  const args = {
    schema,
    document: parse(source),
    contextValue: { seed: 1, failures: 0, promises: false },
    ...extra,
  };
  return [executeToText(args), execute(args)] as const;
};

it.each([
  ["an unknown operation", "query One { __typename }", { operationName: "Two" }],
  ["several operations and no name", "query One { __typename } query Two { __typename }", {}],
  ["no operation", "fragment F on Query { __typename }", {}],
  ["a variable that is missing", "query ($of: String!) { text(of: $of) }", {}],
  [
    "variables of wrong types",
    "query ($a: Int, $b: [Boolean!]) { nodes(first: $a) { id } text(of: $b) }",
    { variableValues: { a: "x", b: [null, 2] } },
  ],
  ["an argument without its variable", "query ($of: String) { text(of: $of) }", {}],
])("says of %s what graphql-js says", async (_name, source, extra) => {
  const [given, expected] = executions(source, extra as Partial<ExecutionArgs>);
  expect(JSON.parse(stringifyResult(await given))).toEqual(JSON.parse(JSON.stringify(await expected)));
});

it("answers for the schema, and names that JavaScript has its own use for", async () => {
  const source = `query { __proto__: __typename constructor: __typename
    __schema { queryType { name fields { name args { name type { kind ofType { name } } defaultValue } } } directives { name } }
    __type(name: "Kind") { enumValues(includeDeprecated: true) { name } } }`;
  const [given, expected] = executions(source);
  const { data } = (await given) as { data: unknown };
  expect(data).toBeInstanceOf(JsonText);
  expect((data as JsonText).text).toBe(JSON.stringify((await expected).data));
});

it("plans a document anew for other values of its conditions", async () => {
  const document = parse(
    "query ($a: Boolean!, $b: Boolean = true) { __typename a: __typename @skip(if: $a) b: __typename @include(if: $b) }",
  );
  const texts = [{ a: true }, { a: false }, { a: false, b: false }, { a: true }].map((variableValues) =>
    stringifyResult(executeToText({ schema, document, variableValues })),
  );
  expect(texts).toEqual([
    '{"data":{"__typename":"Query","b":"Query"}}',
    '{"data":{"__typename":"Query","a":"Query","b":"Query"}}',
    '{"data":{"__typename":"Query","a":"Query"}}',
    '{"data":{"__typename":"Query","b":"Query"}}',
  ]);
});

it("runs the fields of a mutation one after the other", async () => {
  const log: string[] = [];
  const document = parse("mutation { first { id } second third { id } }");
  const fields = schema.getMutationType()?.getFields() ?? {};
  const former = Object.values(fields).map((field) => ({ field, resolve: field.resolve }));
  try {
    for (const [name, milliseconds] of [
      ["first", 4],
      ["second", 2],
      ["third", 0],
    ] as const) {
      const field = fields[name] as (typeof fields)[string];
      field.resolve = async () => {
        log.push(`${name} begins`);
        await new Promise((resolve) => setTimeout(resolve, milliseconds));
        log.push(`${name} ends`);
        return name === "second" ? 2 : null;
      };
    }
    const { data, errors } = await executeToText({ schema, document });
    expect(data).toBeNull();
    expect(errors?.map(({ path }) => path)).toEqual([["third"]]);
    expect(log).toEqual(["first", "second", "third"].flatMap((name) => [`${name} begins`, `${name} ends`]));
  } finally {
    for (const { field, resolve } of former) Object.assign(field, { resolve });
  }
});
