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
import { ingestDocuments, sampleDocuments, sampleKeyring } from "../ingest/ingest-documents.ts";
import { type Client, createClient } from "./client.ts";

/* Selects each field of the contract once, over the sample, at the shortest path from Query to its type. */

const contract = buildSchema(readFileSync(new URL("./fixtures/contract.graphql", import.meta.url), "utf8"));

let database: TestDatabase;
let client: Client;
/** Arguments of the fields that require some. */
const argumentsOf: Record<string, string> = {
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
  await ingestDocuments(database, sampleDocuments(), { keyring: sampleKeyring });
  client = createClient(database);
  const { events, papers } = await client.ask<{
    events: { nodes: { eventId: string }[] };
    papers: { nodes: { id: string }[] };
  }>("{ events(first: 1) { nodes { eventId } } papers(first: 1) { nodes { id } } }");
  argumentsOf["Query.event"] = `(id: "${events.nodes[0]?.eventId}")`;
  argumentsOf["Query.node"] = `(id: "${papers.nodes[0]?.id}")`;
  argumentsOf["Query.nodes"] = `(ids: ["${papers.nodes[0]?.id}"])`;
});
afterAll(() => database.drop());

type Path = readonly { readonly field: string; readonly argument: string }[];

/** Types of mutations and subscriptions, which have their own tests. */
const elsewhere = ["Mutation", "Subscription", "Submission", "SubmissionPayload", "PaperChange"];

const types = Object.values(contract.getTypeMap()).filter(
  (type): type is GraphQLObjectType =>
    isObjectType(type) && !type.name.startsWith("__") && !elsewhere.includes(type.name),
);

/** The shortest path from Query to each type. */
function pathsToTypes(): Map<string, Path> {
  const paths = new Map<string, Path>([["Query", []]]);
  for (const [name, path] of paths) {
    const type = schema.getType(name);
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const target = getNamedType(field.type);
      const argument = argumentsOf[`${name}.${field.name}`] ?? "";
      if (!isObjectType(target) || paths.has(target.name) || isMissingArguments(name, field)) continue;
      paths.set(target.name, [...path, { field: field.name, argument }]);
    }
  }
  return paths;
}

function isMissingArguments(type: string, { name, args }: GraphQLField<unknown, unknown>): boolean {
  const needs = args.some(
    ({ type, defaultValue }) => String(type).endsWith("!") && defaultValue === undefined,
  );
  return needs && argumentsOf[`${type}.${name}`] === undefined;
}

/** Selects a leaf itself, and of any other field the leaves of its type. */
function selectionOf(type: string, field: GraphQLField<unknown, unknown>): string {
  const target = getNamedType(field.type);
  const text = `${field.name}${argumentsOf[`${type}.${field.name}`] ?? ""}`;
  if (isLeafType(target)) return text;
  if (isUnionType(target) || isInterfaceType(target)) return `${text} { __typename }`;
  const leaves = Object.values(target.getFields()).filter(({ type }) => isLeafType(getNamedType(type)));
  return `${text} { __typename ${leaves.map(({ name }) => name).join(" ")} }`;
}

function objectsAt(value: unknown, path: Path): unknown[] {
  const [step, ...rest] = path;
  const values = (Array.isArray(value) ? value : [value]).filter((item) => item !== null);
  if (step === undefined) return values;
  return values.flatMap((item) => objectsAt((item as Record<string, unknown>)[step.field], rest));
}

it.each(types.map((type) => [type.name, type] as const))(
  "%s returns a value or null for each field of the contract",
  async (name, type) => {
    const path = pathsToTypes().get(name);
    const own = schema.getType(name);
    if (path === undefined || !isObjectType(own)) throw new Error(`No path leads to ${name}.`);
    const fields = Object.keys(type.getFields());
    const selections = fields.map((field) => {
      const found = own.getFields()[field];
      if (found === undefined) throw new Error(`${name} has no ${field}.`);
      return selectionOf(name, found);
    });
    const query = path.reduceRight(
      (inner, { field, argument }) => `{ ${field}${argument} ${inner} }`,
      `{ ${selections.join(" ")} }`,
    );
    const objects = objectsAt(await client.ask<object>(query), path);
    expect(objects.length, query).toBeGreaterThan(0);
    expect(Object.keys(objects[0] as object), query).toEqual(fields);
  },
);
