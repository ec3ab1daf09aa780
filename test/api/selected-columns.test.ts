import {
  type GraphQLField,
  type GraphQLFieldConfig,
  GraphQLObjectType,
  getNamedType,
  isLeafType,
  isObjectType,
} from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { schema } from "../../src/api/schema.ts";
import { checkColumns } from "../../src/api/selected-columns.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { ingestDocuments, sampleDocuments, sampleKeyring } from "../ingest/ingest-documents.ts";
import { type Client, createClient } from "./client.ts";

let database: TestDatabase;
let client: Client;
/** The arXiv id of a paper that cites stored papers. */
let citing: string;

beforeAll(async () => {
  database = await createTestDatabase();
  await ingestDocuments(database, sampleDocuments(), { keyring: sampleKeyring });
  client = createClient(database);
  const { rows } = await database.pool.query<{ source_id: string }>(
    `SELECT source_id FROM papers JOIN "references" USING (paper_id) JOIN works ON works.work_id = cited_work_id
     WHERE is_internal_anchor AND works.paper_id IS NOT NULL GROUP BY source_id ORDER BY count(*) DESC, source_id LIMIT 1`,
  );
  citing = rows[0]?.source_id ?? "";
});
afterAll(() => database.drop());

/** Where objects of each type are: fields from Query on. CITING stands for a paper that cites stored papers. */
const places: Record<string, readonly string[]> = {
  Paper: [
    'paper(ref: "2302.12192")',
    "papers(first: 3) nodes",
    "papers(first: 3, orderBy: CITED_BY_DESC) edges node",
    "papers(first: 3, filter: { isAnchor: false }) nodes",
    'work(ref: "hep-th/9711200") papers',
    'work(ref: "hep-th/9711200") paper',
    'work(ref: "hep-th/9711200") citedBy(first: 3) nodes',
    "claims(first: 3) nodes paper",
    'paper(ref: "CITING") references(first: 3) nodes citedPaper',
    'paper(ref: "CITING") references(first: 3) edges node citingPaper',
    "events(first: 3) nodes paper",
  ],
  Source: ["papers(first: 3) nodes source"],
  Verification: ["papers(first: 3) nodes verification"],
  State: ["papers(first: 3) nodes state"],
  ReferenceCoverage: ["papers(first: 3) nodes referenceCoverage"],
  Work: [
    'work(ref: "hep-th/9711200")',
    "papers(first: 3) nodes work",
    'paper(ref: "CITING") references(first: 3) nodes work',
    'citationGraph(roots: ["hep-th/9711200"], direction: CITED_BY, maxNodes: 4) nodes work',
    'citationGraph(roots: ["hep-th/9711200"], direction: CITED_BY, maxNodes: 4) edges citing',
    "topWorks(by: CITED_BY_COUNT, first: 3) nodes work",
    'relatedWorks(ref: "hep-th/9711200", by: CO_CITATION, first: 3) nodes shared(first: 2)',
    'commonReferences(refs: ["CITING"], first: 3) nodes work',
    'citationPath(from: "CITING", to: "CITING") works',
    "topAnchors(first: 3) nodes work",
  ],
  Reference: [
    'paper(ref: "CITING") references(first: 3) nodes',
    'paper(ref: "CITING") references(first: 3, internalAnchor: true) edges node',
    'paper(ref: "CITING") references(first: 3, stored: true) nodes',
    'citationGraph(roots: ["CITING"], maxNodes: 4) edges references',
  ],
  Claim: [
    "claims(first: 3) nodes",
    'paper(ref: "2302.12192") claims(first: 3) nodes',
    'paper(ref: "2302.12192") claims(first: 3, kinds: [HEADLINE]) edges node',
    'anchorClaims(ref: "CITING", first: 3) nodes',
  ],
};

/** A leaf, or an object with all leaves of its type and those of the nodes of a connection. */
function selectionOf(field: GraphQLField<unknown, unknown>, depth = 2): string {
  const type = getNamedType(field.type);
  const argument = field.args.some(({ name }) => name === "first") ? "(first: 2)" : "";
  if (isLeafType(type)) return field.name;
  if (!isObjectType(type)) return `${field.name} { __typename }`;
  const inner = Object.values(type.getFields()).filter(
    (below) =>
      isLeafType(getNamedType(below.type)) || (depth > 0 && ["nodes", "totalCount"].includes(below.name)),
  );
  return `${field.name}${argument} { ${inner.map((below) => selectionOf(below, depth - 1)).join(" ")} }`;
}

const query = (place: string, selection: string): string => {
  // Spaces within arguments separate no fields.
  const steps = place.replaceAll("CITING", citing).match(/\w+(?:\((?:[^()]|\([^()]*\))*\))?/g) ?? [];
  return `{ ${steps.join(" { ")} { ${selection} } ${"}".repeat(steps.length)}`;
};

function objectsAt(value: unknown, place: string): Record<string, unknown>[] {
  const steps = (place.replace(/\([^()]*\)/g, "").match(/\w+/g) ?? []).values();
  let values = [value];
  for (const step of steps) {
    values = values.flatMap((one) => (one as Record<string, unknown>)[step]).filter((one) => one !== null);
  }
  return values as Record<string, unknown>[];
}

const cases = Object.entries(places).flatMap(([type, list]) => list.map((place) => [type, place] as const));

describe("a field has the same value whether it is selected alone or with all others", () => {
  it.each(cases)("%s at %s", async (name, place) => {
    const type = schema.getType(name) as GraphQLObjectType;
    const fields = Object.values(type.getFields());
    const all = await client.ask<object>(query(place, fields.map((field) => selectionOf(field)).join(" ")));
    const together = objectsAt(all, place);
    expect(together.length, place).toBeGreaterThan(0);
    for (const field of fields) {
      const alone = objectsAt(await client.ask<object>(query(place, selectionOf(field))), place);
      expect(alone, field.name).toEqual(together.map((object) => ({ [field.name]: object[field.name] })));
    }
  });
});

it("columns of fields in fragments are read, on the type and on its interface", async () => {
  const source = `{ papers(first: 2) { nodes { ...own ... on Node { id } ... { headline } ... on Claim { text } } } }
    fragment own on Paper { title ...more } fragment more on Paper { source { version } claims { totalCount } }`;
  const plain =
    "{ papers(first: 2) { nodes { title source { version } claims { totalCount } id headline } } }";
  // An object of this type is never a claim, which validation tells.
  const valid = source.replace(" ... on Claim { text }", "");
  expect(await client.ask(valid)).toEqual(await client.ask(plain));
  expect((await client.errors(source)).length).toBeGreaterThan(0);
});

it("a query reads few columns for few fields, and of a row that is only referred to none", async () => {
  const [titles = ""] = await client.statements("{ papers(first: 2) { nodes { title } } }");
  expect(titles).not.toContain("abstract_excerpt");
  expect(
    await client.statements("{ claims(first: 2) { nodes { paper { claims { nodes { text } } } } } }"),
  ).toHaveLength(2);
});

it("a field that does not declare its columns fails when the schema is built", () => {
  const { Paper } = schema.getTypeMap();
  const config = (Paper as GraphQLObjectType).toConfig();
  const title = config.fields["title"] as GraphQLFieldConfig<unknown, unknown>;
  const { extensions: _declared, ...extra } = title;
  const types: Record<string, unknown> = {
    ...schema.getTypeMap(),
    Paper: new GraphQLObjectType({ ...config, fields: { title, extra } }),
  };
  const changed = { getType: (name: string) => types[name] } as typeof schema;
  expect(() => checkColumns(changed)).toThrow("Paper.extra does not declare the columns it reads.");
});
