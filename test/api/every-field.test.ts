import { readFileSync } from "node:fs";
import {
  buildSchema,
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isUnionType,
} from "graphql";
import { afterAll, beforeAll, expect, it } from "vitest";
import { schema } from "../../src/api/schema.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { sampleDocuments, sampleKeyring, takeIn } from "../ingest/take-in.ts";
import { type Client, createClient } from "./client.ts";

/* Each field of the contract is asked for once, over the sample and a part of hep-th in it, wherever its type is met first. */

const contract = buildSchema(readFileSync(new URL("./fixtures/contract.graphql", import.meta.url), "utf8"));

let database: TestDatabase;
let client: Client;
/** Arguments of the fields that need some. */
const given: Record<string, string> = {
  "Query.paper": '(ref: "2302.12192")',
  "Query.work": '(ref: "hep-th/9711200")',
  "Query.search": '(query: "feedback")',
  "Query.citationGraph": '(roots: ["hep-th/9711200"], direction: CITED_BY, maxNodes: 100)',
  "Query.citationPath": '(from: "2302.12192", to: "2302.12192")',
  "Query.relatedWorks": '(ref: "hep-th/9711200", by: CO_CITATION)',
  "Query.commonReferences": '(refs: ["hep-th/9711200"])',
  "Query.topWorks": "(by: CITED_BY_COUNT)",
  "Query.anchorStats": "(groupBy: YEAR)",
};

beforeAll(async () => {
  database = await createTestDatabase();
  await takeIn(database, sampleDocuments(), { keyring: sampleKeyring });
  client = createClient(database);
  const { events, papers } = await client.ask<{
    events: { nodes: { eventId: string }[] };
    papers: { nodes: { id: string }[] };
  }>("{ events(first: 1) { nodes { eventId } } papers(first: 1) { nodes { id } } }");
  given["Query.event"] = `(id: "${events.nodes[0]?.eventId}")`;
  given["Query.node"] = `(id: "${papers.nodes[0]?.id}")`;
  given["Query.nodes"] = `(ids: ["${papers.nodes[0]?.id}"])`;
});
afterAll(() => database.drop());

type Way = readonly { readonly field: string; readonly argument: string }[];

/** Mutations and subscriptions have tests of their own. */
const elsewhere = ["Mutation", "Subscription", "Submission", "SubmissionPayload", "PaperChange"];

const types = Object.values(contract.getTypeMap()).filter(
  (type): type is GraphQLObjectType =>
    isObjectType(type) && !type.name.startsWith("__") && !elsewhere.includes(type.name),
);

/** The shortest way from the query to each type. */
function waysToTypes(): Map<string, Way> {
  const ways = new Map<string, Way>([["Query", []]]);
  for (const [name, way] of ways) {
    const type = schema.getType(name);
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const target = getNamedType(field.type);
      const argument = given[`${name}.${field.name}`] ?? "";
      if (!isObjectType(target) || ways.has(target.name) || isMissingArguments(name, field)) continue;
      ways.set(target.name, [...way, { field: field.name, argument }]);
    }
  }
  return ways;
}

function isMissingArguments(type: string, { name, args }: GraphQLField<unknown, unknown>): boolean {
  const needs = args.some(
    ({ type, defaultValue }) => String(type).endsWith("!") && defaultValue === undefined,
  );
  return needs && given[`${type}.${name}`] === undefined;
}

/** What is asked of a field: a leaf itself, of anything else some of its leaves. */
function selectionOf(type: string, field: GraphQLField<unknown, unknown>): string {
  const target = getNamedType(field.type);
  const text = `${field.name}${given[`${type}.${field.name}`] ?? ""}`;
  if (isLeafType(target)) return text;
  if (isUnionType(target) || isInterfaceType(target)) return `${text} { __typename }`;
  const leaves = Object.values(target.getFields()).filter(({ type }) => isLeafType(getNamedType(type)));
  return `${text} { __typename ${leaves.map(({ name }) => name).join(" ")} }`;
}

function objectsAt(value: unknown, way: Way): unknown[] {
  const [step, ...rest] = way;
  const values = (Array.isArray(value) ? value : [value]).filter((item) => item !== null);
  if (step === undefined) return values;
  return values.flatMap((item) => objectsAt((item as Record<string, unknown>)[step.field], rest));
}

it.each(types.map((type) => [type.name, type] as const))(
  "%s answers each of its fields",
  async (name, type) => {
    const way = waysToTypes().get(name);
    const own = schema.getType(name);
    if (way === undefined || !isObjectType(own)) throw new Error(`There is no way to ${name}.`);
    const fields = Object.keys(type.getFields());
    const selections = fields.map((field) => {
      const found = own.getFields()[field];
      if (found === undefined) throw new Error(`${name} has no ${field}.`);
      return selectionOf(name, found);
    });
    const query = way.reduceRight(
      (inner, { field, argument }) => `{ ${field}${argument} ${inner} }`,
      `{ ${selections.join(" ")} }`,
    );
    const objects = objectsAt(await client.ask<object>(query), way);
    expect(objects.length, query).toBeGreaterThan(0);
    expect(Object.keys(objects[0] as object), query).toEqual(fields);
  },
);
