import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readConfig } from "../../src/config/index.ts";
import { readExplorerQueries } from "../../src/server/graphql/settings.ts";
import { graphqlSettings } from "../../src/server/index.ts";
import { readPersistedDocuments } from "../../web/persisted-documents.ts";

const configured = "{ status { papers } }";
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pith-graph-queries-"));
  await writeFile(join(folder, "documents.json"), JSON.stringify([configured]));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function textsOf(environment: Record<string, string>): Promise<string[]> {
  const { documents } = await graphqlSettings(readConfig(environment).graphql);
  return [...(documents?.documents.values() ?? [])].map(({ text }) => text);
}

it("the explorer's build lists its queries, and all are valid in the schema", async () => {
  const listed = await readExplorerQueries();
  const names = [...listed.values()].map(({ text }) => /^(?:query|subscription) (\w+)/.exec(text)?.[1]);
  expect(names).toEqual(
    expect.arrayContaining(["Home", "Search", "Paper", "Neighbourhood", "Path", "Changes"]),
  );
  expect(new Set(names).size).toBe(names.length);
  expect(await readExplorerQueries(folder)).toEqual(new Map());
});

it("PITH_GRAPH_ONLY_DOCUMENTS adds the explorer's queries to the configured documents", async () => {
  const PITH_GRAPH_DOCUMENTS = join(folder, "documents.json");
  const own = [...(await readExplorerQueries()).values()].map(({ text }) => text);
  const text = await readFile(PITH_GRAPH_DOCUMENTS, "utf8");
  // As an editor that writes a byte order mark.
  await writeFile(PITH_GRAPH_DOCUMENTS, `\ufeff${text}`);
  const only = await textsOf({ PITH_GRAPH_DOCUMENTS, PITH_GRAPH_ONLY_DOCUMENTS: "on" });
  expect(only.sort()).toEqual([...own, configured].sort());
  expect(await textsOf({ PITH_GRAPH_DOCUMENTS })).toEqual([configured]);
});

it("the explorer's build fails for a query that it cannot list", async () => {
  const sources = join(folder, "sources");
  const write = async (source: string) => {
    await rm(sources, { recursive: true, force: true });
    await mkdir(sources);
    await writeFile(join(sources, "page.tsx"), source);
    return readPersistedDocuments(sources);
  };
  const fragment = "const named = graphql(`fragment Named on Work { id }`);";
  expect(
    await write(`${fragment} const all = graphql(\`query All { work(ref: "a") { ...Named } }\`, [named]);`),
  ).toEqual([expect.stringContaining("fragment Named on Work")]);
  await expect(write("ask(graphql(`{ status { papers } }`))")).rejects.toThrow(
    "page.tsx: declare every query",
  );
  await expect(write("const all = graphql(`{ $" + "{field} }`);")).rejects.toThrow(
    "all contains an expression",
  );
  await expect(write("const all = graphql(`{ ...Other }`, [other]);")).rejects.toThrow("fragment other");
});
