import { setImmediate as nextTurn } from "node:timers/promises";
import { buildSchema, execute, GraphQLObjectType, parse } from "graphql";
import { describe, expect, it } from "vitest";
import { executeToText } from "../../src/api/execution/execute-to-text.ts";
import { stringifyResult } from "../../src/api/execution/json-text.ts";
import { LazyList, limitFields } from "../../src/api/execution/paced-fields.ts";
import { Allowance, Deadline } from "../../src/api/execution/request-limits.ts";
import { Batches } from "../../src/api/loaders/batching.ts";

const size = 300;
let resolved = 0;

/** Lists whose items block the event loop for a millisecond each. */
const schema = buildSchema(
  "type Query { items: [Item!]!, lazy(length: Int!): [Item!]! } type Item { slow: Int!, text: String!, items: [Item!]! }",
);
const list = () => Array.from({ length: size }, () => ({}));
const fields = {
  Query: {
    items: list,
    lazy: (_root: unknown, { length }: { length: number }) =>
      new LazyList(length, (index) => ({ text: `the text ${index}` })),
  },
  Item: {
    slow: () => {
      const end = performance.now() + 1;
      while (performance.now() < end);
      return resolved++;
    },
    text: ({ text }: { text?: string }) => text ?? "x".repeat(1_000),
    items: list,
  },
};
for (const [name, resolvers] of Object.entries(fields)) {
  const type = schema.getType(name);
  if (!(type instanceof GraphQLObjectType)) throw new Error(`${name} is no object.`);
  for (const [field, resolve] of Object.entries(resolvers)) {
    const definition = type.getFields()[field];
    if (definition !== undefined) definition.resolve = resolve;
  }
}
limitFields(schema);

describe.each([
  ["executeToText", executeToText],
  ["graphql-js", execute],
] as const)("a long execution with %s", (_name, run) => {
  const ask = (source: string, deadline = new Deadline(), bytes = 1_000_000) => {
    const allowance = new Allowance(deadline, bytes);
    const contextValue = { allowance, loaders: { batches: new Batches(allowance, deadline.signal) } };
    return { deadline, result: () => run({ schema, document: parse(source), contextValue }) };
  };

  /** @threat T34 */
  it("yields to the event loop while a long list is completed", async () => {
    let turns = 0;
    let isDone = false;
    const counting = (async () => {
      for (; !isDone; turns++) await nextTurn();
    })();
    const text = stringifyResult(await ask("{ items { slow } }").result());
    isDone = true;
    await counting;
    expect((JSON.parse(text) as { data: { items: unknown[] } }).data.items).toHaveLength(size);
    expect(turns).toBeGreaterThan(5);
  });

  /** @threat T34 */
  it("ends with TIMEOUT at the time limit even if it never waits, and resolves no more fields", async () => {
    const { deadline, result } = ask("{ items { slow items { slow } } }");
    resolved = 0;
    await expect(deadline.within(60, result)).rejects.toMatchObject({ extensions: { code: "TIMEOUT" } });
    await nextTurn();
    const atEnd = resolved;
    expect(atEnd).toBeLessThan(size * size);
    for (let turn = 0; turn < 20; turn++) await nextTurn();
    // Items that are already running may finish.
    expect(resolved - atEnd).toBeLessThan(40);
  });

  it.each([0, 1, 16, 17, 5_000])("writes the %i items of a lazy list in their order", async (length) => {
    const text = stringifyResult(await ask(`{ lazy(length: ${length}) { text } }`).result());
    const items = Array.from({ length }, (_, index) => ({ text: `the text ${index}` }));
    expect(JSON.parse(text)).toEqual({ data: { lazy: items } });
  });

  it("ends with QUERY_TOO_COMPLEX when the texts exceed the limit on bytes", async () => {
    const { deadline, result } = ask("{ items { text } }", new Deadline(), 100_500);
    await expect(deadline.within(null, result)).rejects.toMatchObject({
      message: expect.stringMatching(/at least 101000 bytes, but the maximum is 100500\./),
      extensions: { code: "QUERY_TOO_COMPLEX", bytes: 101_000, maximum: 100_500 },
    });
    const enough = ask("{ items { text } }", new Deadline(), size * 1_000);
    expect((await enough.result()).errors).toBeUndefined();
  });
});
