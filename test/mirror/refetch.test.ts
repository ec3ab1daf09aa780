import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { refetchQuarantined } from "../../src/sync/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { clearTables } from "../ingest/tables.ts";
import { keyring } from "../protocol/signed-events.ts";
import {
  follow,
  ingestTexts,
  type Listening,
  localFetcher,
  papers,
  pathOf,
  quarantineOf,
  serveMirror,
  statesOf,
} from "./mirrors.ts";

const documents = papers(14);
const fetcher = localFetcher();
const options = {
  fetcher,
  keyring,
  minimumProof: undefined,
  maximumBytes: 1_000_000,
  signal: new AbortController().signal,
};

let a: TestDatabase;
let b: TestDatabase;
let server: (Listening & { readonly requests: string[] }) | undefined;

beforeAll(async () => {
  [a, b] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  await ingestTexts(
    a,
    documents.map(({ text }) => text),
  );
});
afterEach(async () => {
  await server?.close();
  await clearTables(b);
});
afterAll(async () => {
  fetcher.close();
  await Promise.all([a.drop(), b.drop()]);
});

/** A mirror whose documents are all in quarantine as TOO_LARGE, without bytes. Afterwards `answer` may answer first. */
async function rejectedAsTooLarge(answer: Parameters<typeof serveMirror>[1]) {
  let isIngested = false;
  server = await serveMirror(a, (...given) => isIngested && (answer?.(...given) ?? false));
  const { rejected } = await follow(b, server.url, { maximumBytes: 300 });
  expect([...rejected]).toEqual([["TOO_LARGE", documents.length]]);
  isIngested = true;
  server.requests.splice(0);
  return server;
}

it("refetchQuarantined fetches and stores documents without bytes, and removes them from quarantine", async () => {
  await rejectedAsTooLarge(() => false);
  expect(await refetchQuarantined(b, "", { ...options, maximumBytes: 300 })).toEqual({
    tried: 10,
    accepted: 0,
  });
  expect(await refetchQuarantined(b, "", options)).toEqual({ tried: 14, accepted: 14 });
  expect(await quarantineOf(b)).toEqual([]);
  expect(await statesOf(b)).toEqual(await statesOf(a));
  expect(await refetchQuarantined(b, "", options)).toEqual({ tried: 0, accepted: 0 });
});

it("refetchQuarantined leaves documents in quarantine that cannot be fetched or are of another paper", async () => {
  const [missing = expect.fail(), wrong = expect.fail(), other = expect.fail()] = documents;
  const { url } = await rejectedAsTooLarge((request, response) => {
    if (request.url === pathOf(missing)) response.writeHead(404).end();
    else if (request.url === pathOf(wrong)) response.end(other.text);
    else return false;
    return true;
  });
  expect(await refetchQuarantined(b, "", options)).toEqual({ tried: 14, accepted: 12 });
  expect((await quarantineOf(b)).map(({ source }) => source).sort()).toEqual(
    [missing, wrong].map((document) => url + pathOf(document)).sort(),
  );
});

it("refetchQuarantined stops after ten failed fetches in succession", async () => {
  const { requests } = await rejectedAsTooLarge((_request, response) => {
    response.writeHead(500).end();
    return true;
  });
  expect(await refetchQuarantined(b, "", options)).toEqual({ tried: 10, accepted: 0 });
  expect(requests).toHaveLength(10);
});

it("refetchQuarantined waits as a busy mirror requests, and fetches all", async () => {
  const busy = new Set(documents.map(pathOf));
  await rejectedAsTooLarge((request, response) => {
    if (!busy.delete(request.url ?? "")) return false;
    response.writeHead(503, { "retry-after": "0" }).end();
    return true;
  });
  expect(await refetchQuarantined(b, "", options)).toEqual({
    tried: 14,
    accepted: 14,
  });
  expect(busy.size).toBe(0);
});
