import { request as httpRequest } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeGlobalId } from "../../src/api/builder.ts";
import { readLines } from "../sample/committed-sample.ts";
import { type Answer, counts, openSite, paper, type Site, sha256, token } from "./site.ts";

let site: Site;
let stop: () => Promise<void>;

beforeAll(async () => {
  site = await openSite({ maximumDocumentBytes: 20_000, maximumRequestBytes: 500_000 });
  stop = site.work();
});
afterAll(async () => {
  await stop();
  await site.close();
});

const untouched = { submissions: 0, papers: 0, events: 0, quarantine: 0, records: 0 };

describe("authentication of POST /ingest", () => {
  it.each([
    ["no token", {}],
    ["a wrong token", { authorization: "Bearer wrong" }],
    ["another scheme", { authorization: `Basic ${token}` }],
    ["the hash of the token", { authorization: `Bearer ${sha256(token).toString("hex")}` }],
  ])(
    "answers 401 UNAUTHENTICATED and stores nothing with %s",
    async (_name, headers: Record<string, string>) => {
      const response = await fetch(`${site.server.url}/ingest`, {
        method: "POST",
        headers,
        body: paper(1).text,
      });
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toContain("Bearer");
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
      expect(await counts(site.database)).toEqual(untouched);
    },
  );

  it("answers 401 and names `pith-graph token` if no tokens are configured", async () => {
    const closed = await openSite({ tokens: [] });
    const { status, text } = await closed.post(paper(1).text);
    expect(status).toBe(401);
    expect(text).toContain("pith-graph token");
    expect(await counts(closed.database)).toEqual(untouched);
    await closed.close();
  });
});

describe("one document", () => {
  it("is answered once it is merged, and can be queried from then on", async () => {
    const { pithNumber, text } = paper(2);
    const { status, answers } = await site.post(text, { "content-type": "application/json" });
    expect(status).toBe(200);
    expect(answers).toMatchObject([{ status: "MERGED", pithNumber }]);
    expect(await site.graphql(`{ paper(ref: "${pithNumber}") { title } }`)).toEqual({
      data: { paper: { title: "Submitted 2" } },
    });
    expect((await site.post(text)).answers).toMatchObject([{ status: "MERGED", pithNumber }]);
  });

  it("may extend over several lines with any content type", async () => {
    const { text, pithNumber } = paper(3);
    const pretty = JSON.stringify(JSON.parse(text), null, 1);
    for (const headers of [{}, { "content-type": "application/json" }, { "content-type": "text/plain" }]) {
      const { answers } = await site.post(pretty, headers as Record<string, string>);
      expect(answers).toMatchObject([{ status: "MERGED", pithNumber }]);
    }
  });

  /** @input I8 */
  it("may follow a byte order mark, alone and on the first of many lines", async () => {
    const [one, two] = [paper(70), paper(71)];
    for (const headers of [{}, { "content-encoding": "gzip" }] as Record<string, string>[]) {
      const body = Buffer.from(`\ufeff${one.text}`);
      const sent = headers["content-encoding"] === undefined ? body : gzipSync(body);
      const { status, answers } = await site.post(sent, headers);
      expect([status, answers.map(({ pithNumber }) => pithNumber)]).toEqual([200, [one.pithNumber]]);
    }
    const { answers } = await site.post(`\ufeff${one.text}\n${two.text}\n`, {
      "content-type": "application/x-ndjson",
    });
    expect(answers.map(({ status, pithNumber }) => [status, pithNumber])).toEqual([
      ["MERGED", one.pithNumber],
      ["MERGED", two.pithNumber],
    ]);
    // A mark before any other line is part of its document.
    const later = await site.post(`${one.text}\n\ufeff${two.text}\n`, {
      "content-type": "application/x-ndjson",
    });
    expect(later.answers.map(({ status }) => status)).toEqual(["MERGED", "REJECTED"]);
    await site.database.pool.query("DELETE FROM quarantine");
  });

  it("of an unknown signer is rejected with UNKNOWN_SIGNER and the name of the setting", async () => {
    const [line = ""] = readLines("forks.ndjson");
    const { status, answers } = await site.post(line);
    expect(status).toBe(422);
    expect(answers[0]?.error?.code).toBe("UNKNOWN_SIGNER");
    expect(answers[0]?.error?.message).toContain(
      "UNKNOWN_SIGNER. To trust further signers, the operator can add their keys to PITH_GRAPH_KEYRING",
    );
    expect(answers[0]?.error?.message).not.toContain("PITH_GRAPH_SUBMISSION_PROOF");
    const { data } = await site.graphql(
      "query ($id: ID!) { node(id: $id) { ... on Submission { error } } }",
      {
        id: encodeGlobalId("Submission", answers[0]?.id ?? ""),
      },
    );
    expect(data).toMatchObject({ node: { error: expect.stringContaining("PITH_GRAPH_KEYRING") } });
    await site.database.pool.query("DELETE FROM quarantine");
  });

  it("with altered events is rejected with EVENT_ID_MISMATCH and no advice, since no setting would accept it", async () => {
    const altered = JSON.parse(paper(72).text) as { events: { created_at: string }[] };
    for (const event of altered.events) event.created_at = "2024-02-03T04:05:06Z";
    const { answers } = await site.post(JSON.stringify(altered));
    expect(answers[0]?.error?.message).toMatch(/^None of its events is accepted: \d+ EVENT_ID_MISMATCH\.$/);
    await site.database.pool.query("DELETE FROM quarantine");
  });

  it.each(["hash", "receipt"] as const)(
    "with unsigned events (proof %s) is rejected with UNSIGNED, and stored in quarantine only",
    async (proof) => {
      const before = await counts(site.database);
      const { pithNumber, text } = paper(4, { proof });
      const { status, answers } = await site.post(text);
      expect(status).toBe(422);
      expect(answers).toMatchObject([{ status: "REJECTED", pithNumber, error: { code: "UNSIGNED" } }]);
      expect(answers[0]?.error?.message).toContain(
        " UNSIGNED. To accept unsigned events, the operator can set PITH_GRAPH_SUBMISSION_PROOF=hash.",
      );
      expect(answers[0]?.error?.message).not.toContain("PITH_GRAPH_KEYRING");
      // The same again adds nothing to the quarantine.
      await site.post(text);
      const after = await counts(site.database);
      expect(after).toEqual({
        ...before,
        submissions: before.submissions + 2,
        quarantine: before.quarantine + 1,
      });
      const { rows } = await site.database.pool.query<{ content: Buffer; source: string }>(
        "SELECT content, source FROM quarantine WHERE code = 'UNSIGNED' ORDER BY received_at DESC LIMIT 1",
      );
      expect(rows[0]?.content.toString()).toBe(text);
      expect(rows[0]?.source).toMatch(/^submission [0-9a-f-]{36} by token [0-9a-f]{16}$/);
      await site.database.pool.query("DELETE FROM quarantine");
    },
  );

  it("with one rejected event is merged, and the answer names the event", async () => {
    const { text, pithNumber } = paper(5);
    const bundle = JSON.parse(text) as { events: { event_id: string; signature?: unknown }[] };
    const event = bundle.events[1];
    delete event?.signature;
    const { status, answers } = await site.post(JSON.stringify(bundle));
    expect(status).toBe(200);
    expect(answers).toMatchObject([
      { status: "MERGED", pithNumber, refused: [`${event?.event_id} UNSIGNED`] },
    ]);
  });

  it.each([
    ["{", "MALFORMED_JSON"],
    ["", "MALFORMED_JSON"],
    ["[]", "UNSUPPORTED_DOCUMENT"],
    [Buffer.from([0x22, 0xff, 0x22]), "INVALID_UNICODE"],
    [JSON.stringify({ text: "\u0000" }), "UNSUPPORTED_DOCUMENT"],
  ])("that is invalid (%s) is rejected with %s, and stored in quarantine", async (body, code) => {
    const { status, answers } = await site.post(body, { "content-type": "application/json" });
    expect(status).toBe(422);
    expect(answers).toMatchObject([{ status: "REJECTED", error: { code } }]);
    const { rows } = await site.database.pool.query("SELECT 1 FROM quarantine WHERE code = $1", [code]);
    expect(rows.length).toBeGreaterThan(0);
  });

  it("has its status at the answer's url, for requests with a token", async () => {
    const { answers } = await site.post(paper(6).text, {}, "?wait=0");
    expect(answers).toMatchObject([{ status: "QUEUED" }]);
    const url = `${site.server.url}${answers[0]?.url}`;
    expect((await fetch(url)).status).toBe(401);
    const headers = { authorization: `Bearer ${token}` };
    for (;;) {
      const answer = (await (await fetch(url, { headers })).json()) as Answer;
      if (answer.status === "QUEUED") continue;
      expect(answer).toMatchObject({ status: "MERGED", id: answers[0]?.id, pithNumber: paper(6).pithNumber });
      break;
    }
    for (const id of ["nonsense", "00000000-0000-4000-8000-000000000000", ""]) {
      expect((await fetch(`${site.server.url}/ingest/${id}`, { headers })).status).toBe(404);
    }
  });
});

describe("many documents", () => {
  const documents = Array.from({ length: 250 }, (_, index) => paper(100 + index));
  const lines = documents.map(({ text }) => text);
  lines.splice(7, 0, "{");
  lines.splice(120, 0, paper(4, { proof: "hash" }).text);
  lines.splice(200, 0, `"${"x".repeat(20_000)}"`);

  it.each(["application/x-ndjson", undefined])(
    "are answered in their order, gzipped and with content type %s",
    async (type) => {
      const big = await openSite({ maximumDocumentBytes: 20_000 });
      const end = big.work();
      const packed = gzipSync(`${lines.join("\n")}\n\n`);
      // In small parts, divided anywhere.
      const stream = new ReadableStream({
        start(controller) {
          for (let from = 0; from < packed.length; from += 1_000) {
            controller.enqueue(packed.subarray(from, from + 1_000));
          }
          controller.close();
        },
      });
      const headers = { "content-encoding": "gzip", ...(type && { "content-type": type }) };
      const { status, answers } = await big.post(stream, headers, "?wait=30");
      // Without a content type, a first line that is JSON means NDJSON.
      expect(status).toBe(200);
      expect(answers.map(({ line }) => line)).toEqual(lines.map((_, index) => index + 1));
      expect(answers[7]).toMatchObject({ status: "REJECTED", error: { code: "MALFORMED_JSON" } });
      expect(answers[120]).toMatchObject({ status: "REJECTED", error: { code: "UNSIGNED" } });
      expect(answers[200]).toMatchObject({ id: null, status: "REJECTED", error: { code: "TOO_LARGE" } });
      const merged = answers.filter((answer) => answer.status === "MERGED");
      expect(merged.map(({ pithNumber }) => pithNumber)).toEqual(
        documents.map((document) => document.pithNumber),
      );
      expect((await counts(big.database)).papers).toBe(250);
      await end();
      await big.close();
    },
  );

  it("are answered as a JSON array for Accept: application/json", async () => {
    const body = gzipSync(lines.slice(0, 2).join("\n"));
    const { headers, text } = await site.post(body, { accept: "application/json" });
    expect(headers.get("content-type")).toContain("application/json");
    expect(JSON.parse(text)).toMatchObject([{ status: "MERGED" }, { status: "MERGED" }]);
  });
});

describe("the limits of POST /ingest", () => {
  /** @threat T40 */
  it("answer 413 to a Content-Length above the limit before the body is read", async () => {
    const before = await counts(site.database);
    const { status, text } = await unfinished(
      { "content-type": "application/json", "content-length": "30000" },
      "{",
    );
    expect(status).toBe(413);
    expect(text).toContain("TOO_LARGE");
    expect(await counts(site.database)).toEqual(before);
  });

  it.each([
    ["a document of unknown length", { "content-type": "application/json" }, Buffer.alloc(20_001, "{")],
    ["one that may be a document", {}, Buffer.alloc(20_001, "{")],
    ["a body of unknown length", { "content-type": "application/x-ndjson" }, Buffer.alloc(500_001, " ")],
    ["a packed body", { "content-encoding": "gzip" }, gzipSync(Buffer.alloc(5_000_000, " "))],
  ])("answer 413 while %s is still being sent", async (_name, headers, start) => {
    const before = await counts(site.database);
    const { status, text } = await unfinished({ ...headers, "transfer-encoding": "chunked" }, start);
    expect(status).toBe(413);
    expect(text).toContain("TOO_LARGE");
    expect(await counts(site.database)).toEqual(before);
  });

  it("answer 413 to a body that is too large, and the documents stored before the limit", async () => {
    const { text, pithNumber } = paper(7);
    const body = `${text}\n${`${" ".repeat(10_000)}\n`.repeat(60)}`;
    const { status, answers } = await site.post(body, { "content-type": "application/x-ndjson" }, "?wait=5");
    expect(status).toBe(413);
    // With a Content-Length nothing of it is read.
    expect(answers).toEqual([]);
    const chunked = await unfinished({ "transfer-encoding": "chunked" }, Buffer.from(body));
    expect(chunked.status).toBe(413);
    const [stored, rest] = chunked.text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Answer);
    expect(stored).toMatchObject({ line: 1, pithNumber, status: "MERGED" });
    expect(rest).toMatchObject({ id: null, status: "NOT_READ", error: { code: "TOO_LARGE" } });
  });

  it.each([
    [{ "content-encoding": "br" }, 415],
    [{ "content-encoding": "gzip" }, 400],
  ])("reject a body that cannot be unpacked: %o with %i", async (headers, status) => {
    expect((await site.post("{}", headers as never)).status).toBe(status);
  });

  it("answer 400 to a truncated gzip body, with NOT_READ for the rest", async () => {
    const packed = gzipSync(`${paper(8).text}\n${paper(9).text}\n`);
    const { status, answers } = await site.post(packed.subarray(0, packed.length - 9), {});
    expect(status).toBe(400);
    expect(answers.at(-1)).toMatchObject({ status: "NOT_READ" });
  });

  it("answer 400 to an invalid wait, and to an empty body", async () => {
    expect((await site.post("{}", {}, "?wait=soon")).status).toBe(400);
    expect((await site.post("\n\n", {})).status).toBe(400);
  });

  it("answer 503 if documents cannot be written; exactly those with an id are stored", async () => {
    const broken = await openSite();
    await broken.database.pool.query(`
      CREATE FUNCTION break_queue() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF (SELECT count(*) FROM submissions) >= 100 THEN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END IF;
        RETURN NEW; END $$;
      CREATE TRIGGER break_queue BEFORE INSERT ON submissions FOR EACH ROW EXECUTE FUNCTION break_queue()`);
    const body = Array.from({ length: 150 }, (_, index) => paper(index).text).join("\n");
    const { status, answers } = await broken.post(body, {}, "?wait=0");
    expect(status).toBe(503);
    expect(answers.pop()).toMatchObject({ id: null, status: "NOT_READ", error: { code: "UNAVAILABLE" } });
    expect(answers).toHaveLength(100);
    const { rows } = await broken.database.pool.query(
      "SELECT 1 FROM submissions WHERE submission_id = ANY($1)",
      [answers.map(({ id }) => id)],
    );
    expect(rows).toHaveLength(100);
    expect(broken.logged).toHaveLength(1);
    await broken.close();
  });

  it("answer 429 with Retry-After once a token has sent its documents for the minute, but not to another token", async () => {
    const limited = await openSite({ documentsPerMinute: 2 });
    const end = limited.work();
    const body = [1, 2, 3].map((number) => paper(number).text).join("\n");
    const { status, headers, answers } = await limited.post(body);
    expect(status).toBe(429);
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    expect(answers).toMatchObject([
      { status: "MERGED" },
      { status: "MERGED" },
      { id: null, status: "NOT_READ", error: { code: "RATE_LIMITED" } },
    ]);
    const again = await limited.post(paper(4).text);
    expect(again.status).toBe(429);
    expect(again.text).toContain("RATE_LIMITED");
    expect((await counts(limited.database)).submissions).toBe(2);
    expect((await limited.post(paper(4).text, { authorization: "Bearer other" })).status).toBe(200);
    await end();
    await limited.close();
  });
});

/** Sends the beginning of a body without its end, and returns the answer. */
function unfinished(
  headers: Record<string, string>,
  start: string | Buffer,
): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${site.server.url}/ingest`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, ...headers },
    });
    request.on("error", reject);
    request.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => {
        resolve({ status: response.statusCode, text });
        request
          .off("error", reject)
          .on("error", () => {})
          .destroy();
      });
    });
    request.write(start);
  });
}
