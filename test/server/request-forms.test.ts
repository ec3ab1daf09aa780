import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp, type RunningServer, startListening, startServer } from "../../src/server/index.ts";
import { ingestTexts, seedText } from "../api/fixtures/library.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { exchange } from "./sockets.ts";

/* Different spellings of a request must be accepted or rejected alike. */
let database: TestDatabase;
let server: RunningServer;

beforeAll(async () => {
  database = await createTestDatabase();
  await ingestTexts(database, [seedText]);
  server = await startServer({ app: createApp({ database }), port: 0, host: "127.0.0.1" });
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

describe("a request target in absolute form", () => {
  const ask = (target: string, headers = "") =>
    exchange(server.url, `GET ${target} HTTP/1.1\r\nHost: other\r\nConnection: close\r\n${headers}\r\n`);

  it.each([
    ["/health", '"status":"ok"'],
    ["/graphql?query={__typename}", '{"data":{"__typename":"Query"}}'],
    ["/pith/ROU4N4IR.json", "HTTP/1.1 307"],
    ["/feed?limit=1", "pith_graph_feed"],
  ])("is routed to %s by its path", async (path, expected) => {
    for (const origin of [
      "http://127.0.0.1",
      "HTTP://example.org:80",
      "https://[::1]:4000",
      "http://a@example.org",
    ]) {
      expect(await ask(`${origin}${path}`), origin).toContain(expected);
    }
  });

  it("overrides the Host header with its own host", async () => {
    expect(await ask("http://mirror.example:8080/pith-mirrors.json")).toContain(
      '"base_url":"http://mirror.example:8080"',
    );
  });

  it("serves the home page if it has no path", async () => {
    expect(await ask("http://example.org", "Accept: text/html\r\n")).toContain("HTTP/1.1 200");
    expect(await ask("http://example.org?x=1", "Accept: text/html\r\n")).toContain("HTTP/1.1 200");
  });

  it("is answered with 400 or 404 if its scheme is not http or its host is missing", async () => {
    for (const target of ["ftp://example.org/health", "http:///health", "*"]) {
      expect(await ask(target), target).toMatch(/^HTTP\/1\.1 40[04]/);
    }
  });
});

type Answer = {
  status: number;
  body: { data?: unknown; errors?: { message: string; extensions: { code: string } }[] };
};

async function post(
  body: string | Buffer,
  type = "application/json",
  accept = "application/json",
): Promise<Answer> {
  const response = await fetch(`${server.url}/graphql`, {
    method: "POST",
    headers: { "content-type": type, accept },
    body: typeof body === "string" ? body : new Uint8Array(body),
  });
  return { status: response.status, body: (await response.json()) as Answer["body"] };
}

async function get(query: string): Promise<Answer> {
  const response = await fetch(`${server.url}/graphql?${query}`);
  return { status: response.status, body: (await response.json()) as Answer["body"] };
}

describe("text that is not UTF-8", () => {
  const withBytes = (...bytes: number[]) =>
    Buffer.concat([
      Buffer.from('{"query":"{ paper(ref: \\"'),
      Buffer.from(bytes),
      Buffer.from('\\") { title } }"}'),
    ]);

  it.each([
    ["a byte of Latin-1", [0x46, 0xe4, 0x72]],
    ["a sequence that is cut off", [0xe2, 0x82]],
    ["an encoded surrogate", [0xed, 0xa0, 0x80]],
    ["an overlong sequence", [0xc0, 0xaf]],
  ])("is rejected in a body with 400: %s", async (_name, bytes) => {
    for (const type of ["application/json", "application/json; charset=utf-8", "application/graphql"]) {
      const { status, body } = await post(withBytes(...bytes), type);
      expect([status, body.errors?.[0]?.extensions.code]).toEqual([400, "BAD_USER_INPUT"]);
      expect(body.errors?.[0]?.message).toMatch(/not valid UTF-8/);
    }
  });

  it("is rejected in a URL with 400, while encoded UTF-8 is accepted", async () => {
    const { status, body } = await get("query=%7Bpaper(ref:%22F%E4rber%22)%7Btitle%7D%7D");
    expect(status).toBe(400);
    expect(body.errors?.[0]?.message).toMatch(/not valid UTF-8/);
    expect(
      (await get(`query=${encodeURIComponent('{papers(filter:{titleContains:"Fä漢"}){totalCount}}')}`)).body,
    ).toEqual({ data: { papers: { totalCount: 0 } } });
  });

  it("is rejected with 415 by its charset, while every spelling of utf-8 is accepted", async () => {
    const query = '{"query":"{__typename}"}';
    for (const charset of ["latin1", "utf-16", '"iso-8859-1"']) {
      const { status, body } = await post(query, `application/json; charset=${charset}`);
      expect([status, body.errors?.[0]?.extensions.code], charset).toEqual([415, "BAD_USER_INPUT"]);
    }
    for (const charset of ["utf-8", "UTF-8", "utf8", '"utf-8"']) {
      expect((await post(query, `application/json; charset=${charset}`)).status, charset).toBe(200);
    }
  });
});

describe("an empty operationName", () => {
  /** @input I36 */
  it("is treated as absent, in a body and in a URL", async () => {
    const data = { data: { status: { __typename: "Status" } } };
    const query = "{status{__typename}}";
    expect((await post(JSON.stringify({ query, operationName: "" }))).body).toEqual(data);
    expect((await get(`query=${query}&operationName=`)).body).toEqual(data);
    const two = "query A{__typename} query B{__typename}";
    const bodies = [
      (await post(JSON.stringify({ query: two, operationName: "" }))).body,
      (await get(`query=${encodeURIComponent(two)}&operationName=`)).body,
    ];
    expect(bodies[0]).toEqual(bodies[1]);
    expect(bodies[0]?.errors).toHaveLength(1);
  });
});

describe("a server during setup", () => {
  it("listens, answers 503 with Retry-After, and then serves", async () => {
    const early = await startListening({ port: 0, host: "127.0.0.1" });
    try {
      for (const path of ["/", "/ready", "/graphql?query={__typename}", "/feed"]) {
        const response = await fetch(`${early.url}${path}`);
        expect([response.status, Number(response.headers.get("retry-after")) > 0], path).toEqual([503, true]);
      }
      expect(await (await fetch(`${early.url}/health`)).json()).toMatchObject({ status: "starting" });
      early.serve(createApp({ database }));
      expect((await fetch(`${early.url}/graphql?query={__typename}`)).status).toBe(200);
      expect((await fetch(`${early.url}/ready`)).status).toBe(200);
    } finally {
      await early.close();
    }
  });

  it("can be closed before it serves", async () => {
    const early = await startListening({ port: 0, host: "127.0.0.1" });
    await early.close();
    await expect(fetch(early.url)).rejects.toThrow();
  });
});
