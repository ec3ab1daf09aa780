import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CitingPapersList, citingPapers } from "../../examples/react/citing-papers.tsx";
import { citersOf } from "../../examples/typescript/citers.ts";
import { renderApiDocs } from "../../scripts/api-docs/render.ts";
import { errorCodes } from "../../src/api/errors.ts";
import { missing, runProgram } from "./run-program.ts";
import { type SampleServer, startSampleServer } from "./sample-server.ts";

let server: SampleServer;

beforeAll(async () => {
  server = await startSampleServer();
});
afterAll(() => server.close());

const tsx = "node_modules/.bin/tsx";
const noCurl = missing("curl", ["--version"], "curl");
const noPython = missing("python3", ["--version"], "python3");
const noGql = missing("python3", ["-c", "import gql"], "the Python package gql");

/** The server's address with a slash, which the examples accept like that of its GraphQL API. */
const base = () => `${new URL(server.url).origin}/`;

describe("curl", () => {
  test.skipIf(noCurl !== "")(`paper.sh prints the same paper by POST and by GET${noCurl}`, async () => {
    const { status, stdout, stderr } = await runProgram("sh", ["examples/curl/paper.sh", base()]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const [byPost = "", byGet = ""] = stdout.trim().split("\n");
    const { data } = JSON.parse(byPost) as {
      data: { paper: { title: string; claims: { nodes: unknown[] } } };
    };
    expect(data.paper.title).toBe("Aligning Text-to-Image Models using Human Feedback");
    expect(data.paper.claims.nodes).toHaveLength(3);
    expect(byGet).toBe(byPost);
  });
});

describe("Python", () => {
  test.skipIf(noPython !== "")(
    `claims.py lists all claims of a category, over several pages${noPython}`,
    async () => {
      // Several pages, so that cursors are followed.
      const all = await runProgram("python3", ["examples/python/claims.py", base(), "cs.LG", "1000"]);
      expect({ status: all.status, stderr: all.stderr }).toEqual({ status: 0, stderr: "" });
      const claims = all.stdout.split("\n").filter((line) => line.startsWith("pith:"));
      expect(claims).toHaveLength(48);
      expect(new Set(claims).size).toBe(48);
      expect(all.stdout).toContain("asserted by pith.science, proof: HASH");
      const none = await runProgram("python3", ["examples/python/claims.py", server.url, "no.such"]);
      expect(none).toMatchObject({ status: 0, stdout: "" });
    },
  );

  test.skipIf(noPython !== "" || noGql !== "")(
    `claims_with_gql.py lists claims with their proofs${noPython || noGql}`,
    async () => {
      const { stdout } = await runProgram("python3", ["examples/python/claims_with_gql.py", server.url]);
      expect(stdout).toContain("STRONGEST_CLAIM (HASH): ");
    },
  );
});

describe("TypeScript", () => {
  test("citersOf yields all 187 citing papers once, over several pages", async () => {
    const ids: string[] = [];
    for await (const { pithNumber } of citersOf(server.url, "hep-th/9803131", 50)) ids.push(pithNumber);
    expect(new Set(ids).size).toBe(187);
    expect(ids).toHaveLength(187);
  });

  test("citers.ts lists all 187 citing papers when run as a program", async () => {
    const listed = await runProgram(tsx, ["examples/typescript/citers.ts", base(), "hep-th/9803131"]);
    expect(listed.stdout.split("\n").filter((line) => /^\d{4}-\d\d-\d\d {2}SIGNED/.test(line))).toHaveLength(
      187,
    );
  });

  test("citersOf throws the API's errors with code and path", async () => {
    const first = citersOf(server.url, "what is this").next();
    await expect(first).rejects.toMatchObject({ name: "ApiError", code: "BAD_USER_INPUT", path: ["work"] });
  });

  test("the committed types are those of schema.graphql", async () => {
    const folder = await mkdtemp(join(tmpdir(), "pith-graph-types-"));
    const path = join(folder, "graphql-env.d.ts");
    const args = ["generate-output", "--tsconfig", "examples/typescript/tsconfig.json", "--output", path];
    const { status, stderr } = await runProgram("node_modules/.bin/gql.tada", args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const committed = await readFile("examples/typescript/graphql-env.d.ts", "utf8");
    expect(await readFile(path, "utf8"), "run `npm run schema` and commit it").toBe(committed);
    const explorer = await readFile("web/src/api/graphql-env.d.ts", "utf8");
    expect(explorer, "run `npm run schema` and commit it").toBe(committed);
    await rm(folder, { recursive: true });
  });
});

describe("React", () => {
  const shown = (connection: ReturnType<typeof citingPapers>) =>
    renderToStaticMarkup(createElement(CitingPapersList, { connection }));

  test("CitingPapersList grows by a page at a time, to all 187 citing papers", async () => {
    const connection = citingPapers(server.url, "hep-th/9803131", 100);
    let changes = 0;
    const unsubscribe = connection.subscribe(() => {
      changes += 1;
    });
    expect(shown(connection)).toContain(">More</button>");
    const loading = connection.loadMore();
    expect(shown(connection)).toContain('aria-busy="true"');
    // A second call while it loads has no effect.
    await Promise.all([loading, connection.loadMore()]);
    expect(changes).toBe(2);
    expect(shown(connection)).toContain("Cited by 187 papers");
    expect(shown(connection).split("<li>")).toHaveLength(101);
    await connection.loadMore();
    const complete = shown(connection);
    expect(complete.split("<li>")).toHaveLength(188);
    expect(complete).not.toContain("<button");
    expect(new Set(connection.getSnapshot().rows.map(({ id }) => id)).size).toBe(187);
    unsubscribe();
  });

  test("CitingPapersList shows an error with a button to try again", async () => {
    const connection = citingPapers(server.url, "9999.99999", 10);
    await connection.loadMore();
    expect(shown(connection)).toContain('<p role="alert">This mirror knows no work 9999.99999.</p>');
    expect(shown(connection)).toContain(">Try again</button>");
  });
});

test("docs/api.md has the API's current answers and every error code", async () => {
  const written = await readFile("docs/api.md", "utf8");
  for (const code of errorCodes) expect(written).toContain(`\`${code}\``);
  expect(await renderApiDocs(server.url), "run `npm run docs:api` and commit it").toBe(written);
});
