import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createProgram } from "../src/cli/program.ts";
import { ingest, readSource } from "../src/ingest/index.ts";
import { createKeyring, registryKey } from "../src/protocol/index.ts";
import { createApp } from "../src/server/index.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";

let database: TestDatabase;
let server: Server;
let readme: string;

beforeAll(async () => {
  readme = await readFile("README.md", "utf8");
  database = await createTestDatabase();
  const source = { name: "sample/pith-2302.12192.state.json", size: undefined };
  await ingest(
    database,
    readSource(source, 1e6, () => {}),
    {
      keyring: createKeyring([registryKey]),
      minimumProof: "hash",
      maximumBytes: 1e6,
    },
  );
  server = createServer(createApp({ database }).handle).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await database.drop();
});

test("README.md's first query has the answer shown beside it", async () => {
  const body = /^curl .* -d '(.*)'$/m.exec(readme)?.[1];
  const answer = /```json\n([\s\S]*?)```/.exec(readme)?.[1];
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: body ?? "",
  });
  expect(await response.json()).toEqual(JSON.parse(answer ?? ""));
});

test("README.md names existing commands", async () => {
  const named = [...readme.matchAll(/^npx pith-graph (\w+)/gm)].map(([, command]) => command);
  expect(named.length).toBeGreaterThan(2);
  const known = (await createProgram()).commands.map((command) => command.name());
  expect(known).toEqual(expect.arrayContaining(named));
});

test("README.md links to existing files", async () => {
  const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)]
    .map(([, path]) => path ?? "")
    .filter((path) => !path.includes(":"));
  expect(links.length).toBeGreaterThan(2);
  for (const path of links) await expect(readFile(path)).resolves.toBeDefined();
});
