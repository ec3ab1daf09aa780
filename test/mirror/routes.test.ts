import { type IncomingHttpHeaders, request } from "node:http";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  mergeVerified,
  type PithNumber,
  parseDocument,
  registryKey,
  suffixOf,
  verifyDocument,
} from "../../src/protocol/index.ts";
import { emptyChecksum } from "../../src/row-rules/hashes.ts";
import { paperIdOf } from "../../src/row-rules/index.ts";
import { matchesIfNoneMatch } from "../../src/server/http/conditional-requests.ts";
import { acceptedEncoding } from "../../src/server/http/content-negotiation.ts";
import { createApp } from "../../src/server/index.ts";
import { makeLibrary } from "../api/fixtures/library.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { keyring, pithNumber } from "../protocol/signed-events.ts";
import { headOf, ingestTexts, type Listening, listen, stateOnlyText, statesOf } from "./mirrors.ts";

/** A paper of which only a state is stored, without its record. */
const stateOnlyNumber = pithNumber as PithNumber;

let database: TestDatabase;
let server: Listening;
let states: Record<string, string>;
/** A paper whose bundle is long enough to be compressed. */
let number: PithNumber;
let suffix: string;
let state: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const { documents } = makeLibrary();
  await ingestTexts(database, [...documents.slice(0, 70), stateOnlyText]);
  const app = createApp({ database });
  server = await listen(app.handle);
  states = await statesOf(database);
  number = Object.keys(states).find((other) => other !== stateOnlyNumber) as PithNumber;
  suffix = suffixOf(number);
  state = states[number] ?? "";
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer };

/** The answer as sent: not decompressed, and no redirect followed. */
function get(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${server.url}${path}`, { method, headers }, async (response) => {
      const parts: Buffer[] = [];
      for await (const part of response) parts.push(part as Buffer);
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) });
    });
    sent.on("error", reject).end();
  });
}

async function json(path: string): Promise<Record<string, unknown>> {
  return JSON.parse((await get(path)).body.toString()) as Record<string, unknown>;
}

async function codeOf(path: string): Promise<[number, string]> {
  const { status, body } = await get(path);
  const { errors } = JSON.parse(body.toString()) as { errors: { extensions: { code: string } }[] };
  return [status, errors[0]?.extensions.code ?? ""];
}

describe("the documents of papers", () => {
  it("merge to the state of the server, for every stored paper", async () => {
    for (const [pithNumber, sha256] of Object.entries(states)) {
      if (pithNumber === stateOnlyNumber) continue;
      const path = `/pith/${suffixOf(pithNumber as PithNumber)}`;
      const bundle = await get(`${path}/bundle.json`);
      const judged = verifyDocument(parseDocument(bundle.body), keyring, "hash");
      expect(judged.refused).toEqual([]);
      expect(mergeVerified(pithNumber as PithNumber, [judged]).sha256).toBe(sha256);
      const published = await get(`${path}/state.json`);
      expect(parseDocument(published.body).published?.sha256).toBe(sha256);
      expect(published.headers.etag).toBe(`"${sha256}"`);
      expect(bundle.headers.etag).toBe(`W/"${sha256}"`);
    }
  });

  it("are also at the well-known address, and described at /pith/{suffix}.json", async () => {
    const bundle = await get(`/pith/${suffix}/bundle.json`);
    expect((await get(`/.well-known/pith/${suffix}/bundle.json`)).body).toEqual(bundle.body);
    expect(await json(`/pith/${suffix}.json`)).toMatchObject({
      pith_number: number,
      state_sha256: state,
      canonical_sha256: (await json(`/pith/${suffix}/bundle.json`))["canonical_sha256"],
      bundle_url: `${server.url}/pith/${suffix}/bundle.json`,
      state_url: `${server.url}/pith/${suffix}/state.json`,
    });
  });

  it("include the state of a paper without a record, but no bundle", async () => {
    // Two of its events are stored, but not its record.
    const stateOnlySuffix = suffixOf(stateOnlyNumber);
    expect((await json(`/pith/${stateOnlySuffix}/state.json`))["pith_number"]).toBe(stateOnlyNumber);
    expect(await json(`/pith/${stateOnlySuffix}.json`)).toMatchObject({
      canonical_sha256: null,
      event_count: 2,
    });
    // A bundle requires a record.
    expect(await codeOf(`/pith/${stateOnlySuffix}/bundle.json`)).toEqual([404, "NOT_FOUND"]);
  });

  /** @threat T13 */
  it("are found by short forms with a 307 redirect, or 409 AMBIGUOUS_REF", async () => {
    for (const length of [8, 12, 16]) {
      const { status, headers } = await get(
        `/pith/${suffix.slice(0, length).toLowerCase()}/state.json?state=${state}`,
      );
      expect([status, headers.location]).toEqual([307, `../${suffix}/state.json?state=${state}`]);
    }
    const { headers } = await get(`/.well-known/pith/${suffix.slice(0, 8)}/bundle.json`);
    expect(headers.location).toBe(`../${suffix}/bundle.json`);
    expect((await get(`/pith/${suffix.slice(0, 8)}.json`)).headers.location).toBe(`${suffix}.json`);
    const twin = `pith:1999:${suffix}` as PithNumber;
    await database.pool.query(
      "INSERT INTO records (paper_id, pith_number, state_sha256, log_checksum) VALUES ($1, $2, $3, $3)",
      [paperIdOf(twin).toString(), twin, Buffer.alloc(32)],
    );
    await database.pool.query("INSERT INTO paper_keys (key, paper_id) VALUES ($1, $2)", [
      `pith:${suffix.slice(0, 8)}`,
      paperIdOf(twin).toString(),
    ]);
    try {
      expect(await codeOf(`/pith/${suffix.slice(0, 8)}/bundle.json`)).toEqual([409, "AMBIGUOUS_REF"]);
    } finally {
      await database.pool.query("DELETE FROM paper_keys WHERE paper_id = $1", [paperIdOf(twin).toString()]);
      await database.pool.query("DELETE FROM records WHERE pith_number = $1", [twin]);
    }
  });

  it("answer malformed suffixes with BAD_USER_INPUT, and unknown ones with NOT_FOUND", async () => {
    for (const bad of ["A", suffix.slice(1), `${suffix}A`, "01890189", "ABCDEFG!"]) {
      for (const path of [`/pith/${bad}/bundle.json`, `/pith/${bad}/state.json`, `/pith/${bad}.json`]) {
        expect(await codeOf(path), path).toEqual([400, "BAD_USER_INPUT"]);
      }
    }
    expect(await codeOf(`/pith/${"A".repeat(26)}/bundle.json`)).toEqual([404, "NOT_FOUND"]);
    expect(await codeOf("/pith/AAAAAAAA/bundle.json")).toEqual([404, "NOT_FOUND"]);
    expect(await codeOf(`/pith/${suffix}/other.json`)).toEqual([404, "NOT_FOUND"]);
    expect(await codeOf(`/pith/${suffix}/state.json?state=x`)).toEqual([400, "BAD_USER_INPUT"]);
    expect((await get(`/pith/${suffix}/state.json`, {}, "POST")).status).toBe(405);
  });
});

describe("HTTP caching of documents", () => {
  it("answers 304 if If-None-Match names the current state", async () => {
    const path = `/pith/${suffix}/bundle.json`;
    for (const named of [`"${state}"`, `W/"${state}"`, "*", `"x", W/"y" ,"${state}"`]) {
      const { status, headers, body } = await get(path, { "if-none-match": named });
      expect([status, body.length, headers.etag]).toEqual([304, 0, `W/"${state}"`]);
      expect(headers["cache-control"]).toBe("no-cache");
    }
    for (const named of ['"x"', state, `"${state}`, '"x" "y"', ""]) {
      expect((await get(path, { "if-none-match": named })).status).toBe(200);
    }
  });

  it("answers 304 by the stored hash, without merging the state", async () => {
    // A hash that no merge produces, so it must have been read from the row.
    const stored = "5".repeat(64);
    const set = (hash: string) =>
      database.pool.query("UPDATE records SET state_sha256 = decode($2, 'hex') WHERE pith_number = $1", [
        number,
        hash,
      ]);
    await set(stored);
    try {
      for (const path of [
        `/pith/${suffix}/bundle.json`,
        `/pith/${suffix}/state.json`,
        `/pith/${suffix}.json`,
      ]) {
        const { status, headers } = await get(path, { "if-none-match": `"${stored}"` });
        expect([status, headers.etag?.replace("W/", "")]).toEqual([304, `"${stored}"`]);
        // With `state` the address names exactly this state.
        const other = await get(`${path}?state=${stored}`, { "if-none-match": `"${stored}"` });
        expect(other.status).toBe(304);
      }
    } finally {
      await set(state);
    }
    const packed = await get(`/pith/${suffix}/state.json`, {
      "if-none-match": `"${state}"`,
      "accept-encoding": "gzip",
    });
    expect([packed.status, packed.headers.etag]).toEqual([304, `W/"${state}"`]);
    // A missing bundle is 404, whatever tag is named.
    const stateOnlySuffix = suffixOf(stateOnlyNumber);
    const { status } = await get(`/pith/${stateOnlySuffix}/bundle.json`, { "if-none-match": "*" });
    expect(status).toBe(404);
    expect((await get(`/pith/${stateOnlySuffix}/state.json`, { "if-none-match": "*" })).status).toBe(304);
  });

  it("marks documents that are requested by their hash as immutable", async () => {
    for (const document of ["bundle", "state"]) {
      const path = `/pith/${suffix}/${document}.json`;
      expect((await get(path)).headers["cache-control"]).toBe("no-cache");
      const { status, headers } = await get(`${path}?state=${state}`);
      expect([status, headers["cache-control"]]).toEqual([200, "public, max-age=31536000, immutable"]);
      const other = await get(`${path}?state=${"0".repeat(64)}`);
      expect([other.status, other.headers["cache-control"]]).toEqual([404, "no-cache"]);
    }
  });

  it("sends gzip if it is accepted, and no body for HEAD", async () => {
    const path = `/pith/${suffix}/state.json`;
    const plain = await get(path);
    const packed = await get(path, { "accept-encoding": "br, gzip" });
    expect(packed.headers).toMatchObject({
      "content-encoding": "gzip",
      "content-length": String(packed.body.length),
      vary: "Accept-Encoding",
      // A weak tag: other bytes of the same state.
      etag: `W/"${state}"`,
    });
    expect(packed.body.length).toBeLessThan(plain.body.length);
    expect(gunzipSync(packed.body)).toEqual(plain.body);
    expect(plain.headers["content-encoding"]).toBeUndefined();
    for (const headers of [{}, { "accept-encoding": "gzip" }]) {
      const [full, head] = [await get(path, headers), await get(path, headers, "HEAD")];
      expect([head.status, head.body.length]).toEqual([200, 0]);
      for (const name of ["content-length", "etag", "content-encoding", "content-type"]) {
        expect(head.headers[name]).toBe(full.headers[name]);
      }
    }
  });

  it.each([
    [undefined, false],
    ["", false],
    ["gzip", true],
    ["x-gzip", true],
    ["GZip;q=0.5, br", true],
    ["gzip;q=0", false],
    ["*", true],
    ["*;q=0", false],
    ["*, gzip;q=0", false],
    ["gzip, *;q=0", true],
    ["identity", false],
  ])("Accept-Encoding %s: %s", (header, isAccepted) => {
    const request = { headers: header === undefined ? {} : { "accept-encoding": header } };
    expect(acceptedEncoding(request, ["gzip"])).toBe(isAccepted ? "gzip" : "identity");
  });

  it("matchesIfNoneMatch compares complete tags, weak or strong", () => {
    expect(matchesIfNoneMatch('"a"', '"b,a"')).toBe(false);
    expect(matchesIfNoneMatch('"a"', '"b", "a"')).toBe(true);
    expect(matchesIfNoneMatch('W/"a"', '"a"')).toBe(true);
    expect(matchesIfNoneMatch('"a"', "w/a")).toBe(false);
    expect(matchesIfNoneMatch('"a"', undefined)).toBe(false);
  });
});

describe("/pith-mirrors.json", () => {
  it("is a manifest as in section 8 of PROTOCOL.md", async () => {
    expect(await json("/pith-mirrors.json")).toEqual({
      manifest_type: "pith_mirror_manifest",
      manifest_version: "1.0",
      generated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      merge_version: "pith-open-graph-merge-v1",
      mirrors: [
        {
          name: server.url.slice(7),
          mirror_type: "http",
          base_url: server.url,
          bundle_pattern: `${server.url}/pith/{suffix}/bundle.json`,
          state_pattern: `${server.url}/pith/{suffix}/state.json`,
          well_known_pattern: `${server.url}/.well-known/pith/{suffix}/bundle.json`,
          public_key: {
            key_id: registryKey.key_id,
            algorithm: "ed25519",
            format: "raw",
            public_key_b64: registryKey.public_key_b64,
            public_key_hex: Buffer.from(registryKey.public_key_b64, "base64").toString("hex"),
            fingerprint_sha256_hex: "8d4b5ee74e4693bcd1df2446408b0d54",
            rotates_at: null,
          },
          status: "mirror",
        },
      ],
      notes: expect.stringContaining("not by trusting this manifest"),
    });
  });

  /** @threat T20 */
  it("names the configured address, and ignores an invalid Host header", async () => {
    const app = createApp({ database, baseUrl: "https://mirror.example.org/graph" });
    const other = await listen(app.handle);
    const manifest = await (await fetch(`${other.url}/pith-mirrors.json`)).json();
    expect(manifest.mirrors[0]).toMatchObject({
      name: "mirror.example.org",
      mirror_type: "https",
      base_url: "https://mirror.example.org/graph",
    });
    await other.close();
    const { body } = await get("/pith-mirrors.json", { host: 'x"/><script>' });
    expect(body.toString()).not.toContain("script");
  });
});

describe("/feed", () => {
  type Page = {
    after: { position: number; checksum: string | null };
    head: { position: number; checksum: string };
    changes: { position: number; pith_number: string; state_sha256: string; checksum: string }[];
  };

  it("lists each state once in the order of ingest, for any page size", async () => {
    const head = await headOf(database);
    for (const limit of [7, 1000]) {
      const seen: Page["changes"] = [];
      let after = { position: 0, checksum: emptyChecksum };
      for (;;) {
        const page = (await json(`/feed?after=${after.position}&limit=${limit}`)) as unknown as Page;
        expect(page.after).toEqual(after);
        expect(page.head).toEqual({ position: Number(head.position), checksum: head.checksum });
        expect(page.changes.length).toBeLessThanOrEqual(limit);
        seen.push(...page.changes);
        const last = page.changes.at(-1);
        if (last === undefined) break;
        after = { position: last.position, checksum: last.checksum };
      }
      expect(seen.map(({ position }) => position)).toEqual(seen.map((_, index) => index + 1));
      expect(seen.at(-1)?.checksum).toBe(head.checksum);
      const latest = Object.fromEntries(seen.map((change) => [change.pith_number, change.state_sha256]));
      expect(latest).toEqual(states);
    }
  });

  it("returns no changes beyond its end, and rejects invalid positions with BAD_USER_INPUT", async () => {
    const beyond = (await json("/feed?after=9007199254740991")) as unknown as Page;
    expect([beyond.after.checksum, beyond.changes]).toEqual([null, []]);
    for (const query of [
      "after=-1",
      "after=x",
      "after=1e3",
      "after=9007199254740992",
      "limit=0",
      "limit=1001",
    ]) {
      expect(await codeOf(`/feed?${query}`)).toEqual([400, "BAD_USER_INPUT"]);
    }
  });

  it("answers 304 to a follower when nothing has changed", async () => {
    const { headers } = await get("/feed?after=3");
    const again = await get("/feed?after=3", { "if-none-match": String(headers.etag) });
    expect(again.status).toBe(304);
  });
});
