import { afterAll, beforeAll, expect, test } from "vitest";
import { openSite, paper, type Site } from "../submissions/site.ts";

let site: Site;

beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const own = Reflect.ownKeys(Object.prototype).length;

function expectUntouched(): void {
  expect(Reflect.ownKeys(Object.prototype)).toHaveLength(own);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  expect(([] as unknown as Record<string, unknown>)["polluted"]).toBeUndefined();
}

const members = ['"__proto__":{"polluted":1}', '"constructor":{"prototype":{"polluted":1}}'];

test("__proto__ and constructor in documents and events are data, and pollute no prototype", async () => {
  const stop = site.work();
  for (const member of members) {
    const { text } = paper(1);
    const { answers } = await site.post(text.replace("{", `{${member},`), {}, "?wait=30");
    expect(answers[0]?.status).toBe("MERGED");
    const inside = text.replaceAll('"payload":{', `"payload":{${member},`);
    const { answers: others } = await site.post(inside, {}, "?wait=30");
    expect(["MERGED", "REJECTED"]).toContain(others[0]?.status);
    expectUntouched();
  }
  await stop();
});

/** @threat T26 */
test("__proto__ and constructor in parameters, variables and extensions pollute no prototype", async () => {
  for (const member of members) {
    for (const body of [
      `{"query":"{ status { papers } }",${member}}`,
      `{"query":"query ($f: PaperFilter) { papers(filter: $f) { totalCount } }","variables":{${member}}}`,
      `{"query":"query ($f: PaperFilter) { papers(filter: $f) { totalCount } }","variables":{"f":{${member}}}}`,
      `{"query":"{ __proto__: __typename constructor: __typename }","extensions":{${member}}}`,
      `{"extensions":{"persistedQuery":{${member}}}}`,
    ]) {
      const response = await fetch(`${site.server.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      expect(response.status).toBeLessThan(500);
      await response.text();
      expectUntouched();
    }
    const search = `variables=${encodeURIComponent(`{${member}}`)}&query=${encodeURIComponent("{ status { papers } }")}`;
    expect((await fetch(`${site.server.url}/graphql?${search}`)).status).toBe(200);
    expectUntouched();
  }
  expect(site.logged).toEqual([]);
});
