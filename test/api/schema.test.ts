import { readFileSync } from "node:fs";
import {
  assertScalarType,
  buildSchema,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  lexicographicSortSchema,
  printSchema,
} from "graphql";
import { describe, expect, it } from "vitest";
import { schema } from "../../src/api/schema.ts";

const contract = buildSchema(readFileSync(new URL("./fixtures/contract.graphql", import.meta.url), "utf8"));

type Named = { readonly name: string; readonly description?: string | null | undefined };

function ownTypes(types: Record<string, GraphQLNamedType>): GraphQLNamedType[] {
  const builtIn = ["String", "Int", "Float", "Boolean", "ID"];
  return Object.values(types).filter(({ name }) => !name.startsWith("__") && !builtIn.includes(name));
}

/** Each member of a type as a line: a field with its arguments, types and nullability; an enum's value. */
function membersOf(type: GraphQLNamedType): Map<string, string> {
  const members = new Map<string, string>();
  if (isEnumType(type)) for (const { name } of type.getValues()) members.set(name, name);
  if (isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) members.set(field.name, String(field.type));
  }
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      members.set(field.name, String(field.type));
      for (const argument of field.args) {
        members.set(`${field.name}(${argument.name})`, `${argument.type} = ${String(argument.defaultValue)}`);
      }
    }
    for (const { name } of type.getInterfaces()) members.set(`implements ${name}`, name);
  }
  return members;
}

describe("the GraphQL schema", () => {
  it.each(ownTypes(contract.getTypeMap()).map((type) => [type.name, type] as const))(
    "has every member of %s that the contract defines",
    (name, type) => {
      const own = schema.getType(name);
      expect(own?.constructor.name).toBe(type.constructor.name);
      const members = own === undefined ? new Map() : membersOf(own);
      for (const [member, text] of membersOf(type)) {
        expect(`${member}: ${members.get(member)}`).toBe(`${member}: ${text}`);
      }
    },
  );

  it("has no required argument beyond the contract", () => {
    for (const type of ownTypes(schema.getTypeMap())) {
      const fixed = contract.getType(type.name);
      if (fixed === undefined) continue;
      const names = membersOf(fixed);
      for (const [member, text] of membersOf(type)) {
        const [field = ""] = member.split("(");
        if (names.has(field) && text.endsWith("! = undefined")) expect([...names.keys()]).toContain(member);
      }
    }
  });

  it("describes every type, field, argument and enum value", () => {
    const bare: string[] = [];
    const look = (where: string, { description }: Named) => {
      if ((description ?? "").length < 5) bare.push(where);
    };
    for (const type of ownTypes(schema.getTypeMap())) {
      look(type.name, type);
      if (isEnumType(type)) for (const value of type.getValues()) look(`${type.name}.${value.name}`, value);
      if (isInputObjectType(type)) {
        for (const field of Object.values(type.getFields())) look(`${type.name}.${field.name}`, field);
      }
      if (!isObjectType(type) && !isInterfaceType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        const isId = field.name === "id" && type.name !== "Verdict" && type.name !== "Source";
        if (!isId) look(`${type.name}.${field.name}`, field);
        for (const argument of field.args) look(`${type.name}.${field.name}(${argument.name})`, argument);
      }
    }
    expect(bare).toEqual([]);
  });

  it("describes everything in at most two sentences of plain English", () => {
    const long: string[] = [];
    const tics = /\b(told|nobody|somebody|anew|held|let in|taken in|took in|whole word|at the door)\b/i;
    const look = (where: string, { description }: Named) => {
      const sentences = (description ?? "")
        .replaceAll(/`[^`]*`|Jr\.|et al\./g, "x")
        .split(/[.?]\s+(?=[A-Z`])/);
      if (sentences.length > 2 || tics.test(description ?? "")) long.push(`${where}: ${description}`);
    };
    for (const type of ownTypes(schema.getTypeMap())) {
      look(type.name, type);
      if (isEnumType(type)) for (const value of type.getValues()) look(`${type.name}.${value.name}`, value);
      if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        look(`${type.name}.${field.name}`, field);
        if ("args" in field)
          for (const argument of field.args) look(`${field.name}(${argument.name})`, argument);
      }
    }
    expect(long).toEqual([]);
  });

  it("names the specification of each scalar", () => {
    for (const name of ["DateTime", "JSON"]) {
      expect(assertScalarType(schema.getType(name)).specifiedByURL).toMatch(
        /^https:\/\/www\.rfc-editor\.org/,
      );
    }
  });

  it("is printed in schema.graphql", () => {
    const file = readFileSync(new URL("../../schema.graphql", import.meta.url), "utf8");
    expect(`${printSchema(lexicographicSortSchema(schema))}\n`).toBe(file);
  });
});
