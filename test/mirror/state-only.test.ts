import { afterEach, beforeEach, expect, it } from "vitest";
import { type PithNumber, suffixOf } from "../../src/protocol/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { pithNumber } from "../protocol/signed-events.ts";
import {
  follow,
  headOf,
  ingestTexts,
  type Listening,
  papers,
  serveMirror,
  stateOnlyText,
  statesOf,
} from "./mirrors.ts";

let a: TestDatabase;
let b: TestDatabase;
let server: Listening & { readonly requests: string[] };

const suffix = suffixOf(pithNumber as PithNumber);

beforeEach(async () => {
  [a, b] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  server = await serveMirror(a);
});
afterEach(async () => {
  await server.close();
  await Promise.all([a.drop(), b.drop()]);
});

it("sync fetches the state of a paper for which a mirror has no bundle", async () => {
  const documents = papers(2).map(({ text }) => text);
  await ingestTexts(a, [...documents, stateOnlyText]);
  const { status } = await fetch(`${server.url}/pith/${suffix}/bundle.json`);
  expect(status).toBe(404);
  const result = await follow(b, server.url);
  expect([result.merged, result.rejected.size, result.comparison?.isEqual]).toEqual([3, 0, true]);
  const states = await statesOf(b);
  expect(states).toEqual(await statesOf(a));
  expect(Object.keys(states)).toHaveLength(3);
  expect((await headOf(b)).checksum).toBe((await headOf(a)).checksum);
  const { rows } = await b.pool.query(
    "SELECT proof FROM events JOIN records USING (paper_id) WHERE pith_number = $1",
    [pithNumber],
  );
  expect(rows).toEqual([{ proof: "hash" }, { proof: "hash" }]);
});

it("sync fetches states from the address in the manifest", async () => {
  await ingestTexts(a, [stateOnlyText]);
  await server.close();
  server = await serveMirror(a, (request, response) => {
    const mirrors = [
      { bundle_pattern: "/pith/{suffix}/bundle.json", state_pattern: "https://example.org/{suffix}" },
      { state_pattern: "/elsewhere/{suffix}" },
    ];
    if (request.url === "/pith-mirrors.json") {
      response.end(JSON.stringify({ manifest_type: "pith_mirror_manifest", mirrors }));
      return true;
    }
    request.url = request.url?.replace(/^\/elsewhere\/(\w+)$/, "/pith/$1/state.json") ?? "";
    return false;
  });
  expect((await follow(b, server.url)).comparison?.isEqual).toBe(true);
  expect(server.requests).toContain(`/elsewhere/${suffix}`);
});

it("sync rejects a paper with FETCH_FAILED after three answers without bundle and state", async () => {
  const numbers = [{ suffix, year: null }];
  for (const nth of [1, 2]) {
    const { outstanding } = await follow(b, server.url, { numbers });
    expect(outstanding).toMatchObject([{ paper: suffix, code: "FETCH_FAILED", answers: nth }]);
  }
  const { rejected, refusals, outstanding } = await follow(b, server.url, { numbers });
  expect([[...rejected], outstanding]).toEqual([[["FETCH_FAILED", 1]], []]);
  expect(refusals[0]).toMatchObject({
    source: `${server.url}/pith/${suffix}/bundle.json`,
    rejection: { message: "The mirror has neither a bundle nor a state of this paper (404)." },
  });
});
