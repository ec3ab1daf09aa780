import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createProgram } from "../../src/cli/program.ts";
import { refreshAnalytics } from "../../src/export/index.ts";
import { createClient } from "../api/client.ts";
import { documentOf, referenceOf } from "../api/fixtures/documents.ts";
import { ingestTexts } from "../api/fixtures/library.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  const paper = (arxivId: string, year: number, anchor?: string) =>
    documentOf({
      arxivId,
      submittedAt: `${year}-01-01T00:00:00Z`,
      title: `The paper ${arxivId}`,
      category: "hep-th",
      references: anchor === undefined ? [] : [referenceOf(1, { arxivId: anchor, isInternalAnchor: true })],
    }).text;
  await ingestTexts(database, [
    paper("hep-th/9711200", 1997),
    paper("hep-th/9803131", 1997, "hep-th/9711200"),
  ]);
  await refreshAnalytics(database);
});
afterAll(() => database.drop());

const blocks = async (path: string, language: string): Promise<string[]> => {
  const text = await readFile(path, "utf8");
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map(
    ([, block]) => block ?? "",
  );
};

test("the query of docs/analysis.md returns the anchor and its chain", async () => {
  const [query = ""] = await blocks("docs/analysis.md", "graphql");
  const data = await createClient(database).ask<{
    topAnchors: { nodes: unknown[] };
    anchorChain: { length: number };
  }>(query);
  expect(data.topAnchors.nodes).toMatchObject([{ rank: 1, score: 1, work: { arxivId: "hep-th/9711200" } }]);
  expect(data.anchorChain.length).toBe(0);
});

test("the statement of docs/sql.md runs", async () => {
  const [statement = ""] = await blocks("docs/sql.md", "sql");
  const { rows } = await database.pool.query(statement);
  expect(rows).toEqual([{ work: "arxiv:hep-th/9711200", title: "The paper hep-th/9711200", papers: "1" }]);
});

test("the commands of docs/exports.md and docs/sql.md exist, with their options", async () => {
  const texts = [...(await blocks("docs/exports.md", "sh")), ...(await blocks("docs/sql.md", "sh"))];
  const lines = texts.flatMap((text) => text.split("\n")).filter((line) => line.startsWith("pith-graph "));
  expect(lines.length).toBeGreaterThan(5);
  const program = await createProgram();
  for (const line of lines) {
    const words = line
      .replace(/\s*[#>].*$/, "")
      .split(" ")
      .slice(1);
    let command = program.commands.find((known) => known.name() === words[0]);
    command = command?.commands.find((known) => known.name() === words[1]) ?? command;
    expect(command, line).toBeDefined();
    for (const word of words.filter((word) => word.startsWith("--"))) {
      expect(
        command?.options.map(({ long }) => long),
        line,
      ).toContain(word);
    }
  }
});
