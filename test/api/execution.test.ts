import { type ExecutionArgs, execute, parse } from "graphql";
import { expect, it } from "vitest";
import { executeToText } from "../../src/api/execution/execute-to-text.ts";
import { JsonText, stringifyResult } from "../../src/api/execution/json-text.ts";
import { fuzzExecution, schema } from "../fuzz/execution.ts";
import { isLong } from "../long.ts";

it("executeToText executes random documents as graphql-js does: same data, errors, order and calls", async () => {
  const { differences, kinds, unhandled } = await fuzzExecution(isLong ? 100_000 : 800, 1);
  expect(differences).toEqual([]);
  expect(unhandled).toBe(0);
  expect([...kinds.keys()].sort()).toEqual(["both", "data", "errors"]);
}, 3_600_000);

const executions = (source: string, extra: Partial<ExecutionArgs> = {}) => {
  const args = {
    schema,
    document: parse(source),
    contextValue: { seed: 1, failures: 0, promises: false, log: [] },
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
])("executeToText answers %s as graphql-js does", async (_name, source, extra) => {
  const [given, expected] = executions(source, extra as Partial<ExecutionArgs>);
  expect(JSON.parse(stringifyResult(await given))).toEqual(JSON.parse(JSON.stringify(await expected)));
});

it("executeToText answers introspection, and response names such as __proto__ and constructor", async () => {
  const source = `query { __proto__: __typename constructor: __typename
    __schema { queryType { name fields { name args { name type { kind ofType { name } } defaultValue } } } directives { name } }
    __type(name: "Kind") { enumValues(includeDeprecated: true) { name } } }`;
  const [given, expected] = executions(source);
  const { data } = (await given) as { data: unknown };
  expect(data).toBeInstanceOf(JsonText);
  expect((data as JsonText).text).toBe(JSON.stringify((await expected).data));
});

it("executeToText evaluates @skip and @include again for other variables of the same document", async () => {
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

it("executeToText runs the fields of a mutation one after another", async () => {
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
