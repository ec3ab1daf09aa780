import { getOperationAST, parse } from "graphql";
import { describe, expect, it } from "vitest";
import { encodeGlobalId } from "../../../src/api/builder.ts";
import { costOf, fieldCosts } from "../../../src/api/execution/query-cost.ts";
import { defaultQueryLimits } from "../../../src/api/execution/query-limits.ts";
import { schema } from "../../../src/api/schema.ts";

function cost(source: string, variables: Record<string, unknown> = {}, operationName?: string): number {
  const document = parse(source);
  const operation = getOperationAST(document, operationName);
  if (!operation) throw new Error("There is no such operation.");
  return costOf(schema, document, operation, variables);
}

describe("costOf", () => {
  it("multiplies the cost of a row by the size of its page", () => {
    // The connection and, for each row, `nodes`, the title and the connection of the claims with its own rows.
    expect(cost("{ papers(first: 10) { nodes { title } } }")).toBe(1 + 10 * 2);
    expect(cost("{ papers(last: 10) { edges { node { title } } } }")).toBe(1 + 10 * 3);
    expect(cost("{ papers { nodes { title claims(first: 5) { nodes { text } } } } }")).toBe(
      1 + 20 * (2 + 1 + 5 * 2),
    );
    expect(cost("{ papers(first: 0) { nodes { title } } }")).toBe(1);
  });

  it("uses variables, their defaults, and the defaults of arguments as page sizes", () => {
    const source = "query ($n: Int = 50) { papers(first: $n) { nodes { title } } }";
    expect(cost(source, { n: 3 })).toBe(1 + 3 * 2);
    expect(cost(source)).toBe(1 + 50 * 2);
    expect(cost(source, { n: null })).toBe(1 + 20 * 2);
    const id = encodeGlobalId("Work", "arxiv:1706.03762");
    const graph = "query ($n: Int!) { citationGraph(roots: [], maxNodes: $n) { nodes { depth } } }";
    expect(cost(graph, { n: 1000 })).toBe(1_000 + 1000 * 2);
    expect(cost("{ citationGraph(roots: []) { nodes { depth } } }")).toBe(1_000 + 300 * 2);
    expect(cost("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", { ids: [id, id] })).toBe(1 + 2);
  });

  it("prices a list by the argument that sets its size, or by a fixed size if there is none", () => {
    expect(
      cost('{ relatedWorks(ref: "x", by: CO_CITATION, first: 7) { nodes { shared(first: 3) { title } } } }'),
    ).toBe(1_000 + 7 * (1 + 1 + 3));
    expect(cost('{ citationPath(from: "x", to: "y", maxDepth: 4) { works { title } } }')).toBe(1_000 + 5 * 2);
    expect(cost('{ paper(ref: "x") { aliases { value } work { papers { title } } } }')).toBe(
      1 + 1 + 10 + 1 + 1 + 3,
    );
  });

  it("adds the price of a filter that is given, and of expensive fields", () => {
    const plain = cost("{ papers { totalCount } }");
    expect(cost('{ papers(filter: { titleContains: "a" }) { totalCount } }')).toBe(plain + 4_000);
    expect(
      cost("query ($f: PaperFilter) { papers(filter: $f) { totalCount } }", { f: { yearFrom: 2000 } }),
    ).toBe(plain + 4_000);
    expect(cost("query ($f: PaperFilter) { papers(filter: $f) { totalCount } }", { f: null })).toBe(plain);
    expect(cost('{ paper(ref: "x") { state { document } } }')).toBe(1_002);
    expect(cost('{ paper(ref: "x") { events(first: 10) { nodes { payload } } } }')).toBe(1 + 1 + 10 * 101);
  });

  it("prices the edges of citationGraph at 20 for each node, and a search at 10,000", () => {
    const source =
      '{ citationGraph(roots: ["x"], maxNodes: 100) { edges { provenance { event { payload } } } } }';
    expect(cost(source)).toBe(1_000 + 100 * (1 + 20 * (10 + 1 + 100)));
    expect(cost('{ search(query: "x") { totalCount edges { score } } }')).toBe(10_000 + 20 * 3);
  });

  it("does not grow beyond the largest page size that is accepted", () => {
    expect(cost("{ papers(first: 2147483647) { nodes { title } } }")).toBeLessThan(10_000);
    expect(cost("{ papers(first: -5) { nodes { title } } }")).toBe(1);
  });

  it("counts a fragment each time it is spread, up to 2^60 fields in 60 levels", () => {
    const fragments = Array.from(
      { length: 60 },
      (_, level) =>
        `fragment f${level} on Paper { a: work { paper { ...f${level + 1} } } b: work { paper { ...f${level + 1} } } }`,
    ).join(" ");
    const source = `{ paper(ref: "x") { ...f0 } } ${fragments} fragment f60 on Paper { title }`;
    expect(cost(source)).toBeGreaterThan(2 ** 60);
  });

  it("prices only the operation that is executed", () => {
    const source = "query a { status { papers } } query b { papers(first: 100) { nodes { title } } }";
    expect(cost(source, {}, "a")).toBe(2);
    expect(cost(source, {}, "b")).toBe(201);
  });

  it("prices typical queries of a front end below half of the limit", () => {
    const drawing = `{ citationGraph(roots: ["x"], depth: 2, maxNodes: 1000, direction: BOTH) { truncated graphVersion
      nodes { depth work { id title year citedByCount arxivId } } edges { citing { id } cited { id } } } }`;
    expect(cost(drawing)).toBeLessThan(defaultQueryLimits.cost / 2);
    const reading = `{ papers(first: 100) { nodes { title authors primaryCategory
      references(first: 100) { totalCount nodes { title work { id title } } } claims(first: 20) { nodes { text } } } } }`;
    expect(cost(reading)).toBeLessThan(defaultQueryLimits.cost / 2);
  });

  it("prices only fields that exist in the schema", () => {
    for (const name of Object.keys(fieldCosts)) {
      const [typeName = "", fieldName = ""] = name.split(".");
      const type = schema.getType(typeName);
      const fields = type !== undefined && "getFields" in type ? Object.keys(type.getFields()) : [];
      expect(fields, name).toContain(fieldName);
    }
  });
});
