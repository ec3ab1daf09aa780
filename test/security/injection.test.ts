import {
  type GraphQLArgument,
  type GraphQLField,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isObjectType,
  isRequiredArgument,
  isScalarType,
} from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { errorCodes } from "../../src/api/errors.ts";
import { schema } from "../../src/api/schema.ts";
import { readTables } from "../ingest/tables.ts";
import { openSite, paper, type Site } from "../submissions/site.ts";

let site: Site;

beforeAll(async () => {
  site = await openSite();
  const stop = site.work();
  await site.post(paper(1, { title: hostile[0] as string }).text, {}, "?wait=30");
  await stop();
});
afterAll(() => site.close());

const hostile: readonly string[] = [
  "'; DROP TABLE papers; --",
  "\\'; SELECT pg_sleep(60); --",
  "$1 $$ $body$ \u0000",
  'a" OR "1"="1',
  "%_\\%",
  "' UNION SELECT version(), usename FROM pg_user --",
  "{{constructor.constructor('return process')()}}",
  "<img src=x onerror=alert(1)>",
  "__proto__",
  "a & | ! <-> :* (b",
];

/** All text arguments of the schema's queries. Other arguments are left out, or minimal if they are required. */
const fields = Object.values(schema.getQueryType()?.getFields() ?? {});
const isTextual = (argument: GraphQLArgument) => {
  const type = getNamedType(argument.type);
  return isScalarType(type) && ["String", "ID", "DateTime"].includes(type.name);
};
const selectionOf = (field: GraphQLField<unknown, unknown>) =>
  isScalarType(getNamedType(field.type)) || isEnumType(getNamedType(field.type)) ? "" : " { __typename }";
const plainOf = ({ type }: GraphQLArgument): string => {
  const named = getNamedType(type);
  const one = isEnumType(named) ? (named.getValues()[0]?.name ?? "") : named.name === "Int" ? "1" : '"x"';
  return String(type).startsWith("[") ? `[${one}]` : one;
};
const places = fields.flatMap((field) =>
  field.args
    .filter(isTextual)
    .map((argument) => ({ field, argument, name: `${field.name}(${argument.name}:)` })),
);

describe("hostile text", () => {
  test.each(places)("as $name is answered without INTERNAL_SERVER_ERROR", async ({ field, argument }) => {
    const others = field.args
      .filter((other) => other !== argument && isRequiredArgument(other))
      .map((other) => `, ${other.name}: ${plainOf(other)}`);
    const isList = String(argument.type).startsWith("[");
    for (const text of hostile) {
      const query = `query ($text: ${argument.type}) { ${field.name}(${argument.name}: $text${others.join("")})${selectionOf(field)} }`;
      const { errors = [] } = await site.graphql(query, { text: isList ? [text] : text });
      for (const { message, extensions } of errors) {
        expect(errorCodes).toContain(extensions["code"]);
        expect(extensions["code"], message).not.toBe("INTERNAL_SERVER_ERROR");
      }
    }
  });

  test("in a filter matches at most the one paper that contains it", async () => {
    const filters = ["PaperFilter", "ClaimFilter"]
      .map((name) => schema.getType(name))
      .filter(isInputObjectType);
    expect(filters).toHaveLength(2);
    for (const filter of filters) {
      const root = filter.name === "PaperFilter" ? "papers" : "claims";
      for (const { name, type } of Object.values(filter.getFields())) {
        if (getNamedType(type).name !== "String") continue;
        for (const text of hostile) {
          const value = String(type).startsWith("[") ? [text] : text;
          const { data, errors = [] } = await site.graphql(
            `query ($filter: ${filter.name}) { ${root}(filter: $filter) { totalCount } }`,
            { filter: { [name]: value } },
          );
          for (const { extensions } of errors) expect(extensions["code"]).toBe("BAD_USER_INPUT");
          const count = (data?.[root] as { totalCount: number } | undefined)?.totalCount ?? 0;
          expect(count).toBeLessThanOrEqual(1);
        }
      }
    }
  });

  test("in a path or a header is answered below status 500, with nosniff", async () => {
    for (const text of hostile) {
      for (const path of ["/pith/", "/feed?after=", "/ingest/", "/search/", "/paper/"]) {
        const response = await fetch(`${site.server.url}${path}${encodeURIComponent(text)}`, {
          headers: {
            "if-none-match": encodeURIComponent(text),
            authorization: `Bearer ${encodeURIComponent(text)}`,
          },
        });
        expect(response.status).toBeLessThan(500);
        if (response.headers.get("content-type")?.startsWith("text/html")) continue;
        expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      }
    }
  });

  /** @threat T21 */
  test("has left the tables unchanged, and the log empty", async () => {
    expect((await readTables(site.database))["papers"]).toHaveLength(1);
    expect(site.logged).toEqual([]);
  });
});

test("the schema has more than 10 text arguments to attack", () => {
  expect(places.length).toBeGreaterThan(10);
  expect(isObjectType(schema.getQueryType())).toBe(true);
});
