import { once } from "node:events";
import {
  type ClientRequest,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { setImmediate } from "node:timers/promises";
import { constants, createGzip, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ConnectionTracker, defaultUnreadLimits } from "../../src/server/connection-limits.ts";
import { ResultWriter } from "../../src/server/submissions/result-writer.ts";
import { SubmissionService } from "../../src/server/submissions/submission-service.ts";
import { type Answer, openSite, paper, type Site, settings, statuses, token } from "./site.ts";

let site: Site;
let stop: () => Promise<void>;

beforeAll(async () => {
  site = await openSite();
  stop = site.work();
});
afterAll(async () => {
  await stop();
  await site.close();
});

type DuplexRequest = {
  readonly request: ClientRequest;
  readonly response: Promise<IncomingMessage>;
  /** The next line of the answer; undefined at its end. */
  next(): Promise<Answer | undefined>;
};

/** A request whose body and answer are both open. */
function openDuplexRequest(
  url: string,
  headers: Record<string, string> = {},
  query = "?wait=30",
): DuplexRequest {
  const request = httpRequest(`${url}/ingest${query}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/x-ndjson",
      "transfer-encoding": "chunked",
      ...headers,
    },
  });
  const response = once(request, "response").then(([answer]) => answer as IncomingMessage);
  // A client that disconnects gets no answer.
  response.catch(() => {});
  const lines = (async function* () {
    for await (const line of createInterface(await response)) yield JSON.parse(line) as Answer;
  })();
  return { request, response, next: async () => (await lines.next()).value as Answer | undefined };
}

async function storedIds({ database }: Site, ids: readonly (string | null | undefined)[]): Promise<number> {
  const { rows } = await database.pool.query("SELECT 1 FROM submissions WHERE submission_id = ANY($1)", [
    ids,
  ]);
  return rows.length;
}

it("answers the first document before the second is sent", async () => {
  const { request, response, next } = openDuplexRequest(site.server.url);
  for (const [index, number] of [1, 2, 3].entries()) {
    const { text, pithNumber } = paper(number);
    request.write(`${text}\n`);
    expect(await next()).toMatchObject({ line: index + 1, status: "MERGED", pithNumber });
    expect(await site.graphql(`{ paper(ref: "${pithNumber}") { title } }`)).toEqual({
      data: { paper: { title: `Submitted ${number}` } },
    });
  }
  const { statusCode, headers } = await response;
  expect([statusCode, headers["content-type"]]).toEqual([200, "application/x-ndjson; charset=utf-8"]);
  // The status is sent already: a rejection is only in its line.
  request.write("{\n");
  expect(await next()).toMatchObject({ status: "REJECTED", error: { code: "MALFORMED_JSON" } });
  request.end();
  expect(await next()).toBeUndefined();
});

it("answers each document of a gzipped body at once, as elements of a JSON array", async () => {
  const { request, response } = openDuplexRequest(site.server.url, {
    accept: "application/json",
    "content-encoding": "gzip",
  });
  const gzip = createGzip();
  gzip.pipe(request);
  const write = (number: number) => {
    gzip.write(`${paper(number).text}\n`);
    gzip.flush(constants.Z_SYNC_FLUSH);
  };
  write(11);
  const answer = await response;
  let text = "";
  for await (const part of answer.setEncoding("utf8")) {
    text += part;
    if (text.startsWith("[") && gzip.writable) {
      expect(JSON.parse(`${text}]`)).toMatchObject([{ status: "MERGED" }]);
      write(12);
      gzip.end();
    }
  }
  expect(JSON.parse(text)).toMatchObject([
    { line: 1, status: "MERGED", pithNumber: paper(11).pithNumber },
    { line: 2, status: "MERGED", pithNumber: paper(12).pithNumber },
  ]);
});

it("answers a body of 700 lines in their order while it is still being sent", async () => {
  const { request, response, next } = openDuplexRequest(site.server.url, {}, "?wait=0");
  for (let line = 1; line <= 700; line++) request.write(`${line}\n`);
  // More answers are delayed only while the body may end soon.
  const seen: (number | undefined)[] = [];
  for (let line = 1; line <= 700; line++) seen.push((await next())?.line);
  expect(seen).toEqual(Array.from({ length: 700 }, (_, index) => index + 1));
  expect((await response).statusCode).toBe(200);
  request.end("701\n");
  expect((await next())?.line).toBe(701);
  expect(await next()).toBeUndefined();
});

it("keeps a document that it acknowledged to a client that then disconnects", async () => {
  const { request, next } = openDuplexRequest(site.server.url);
  request.on("error", () => {});
  request.write(`${paper(21).text}\n`);
  const { id } = (await next()) ?? {};
  request.write(paper(22).text.slice(0, 100));
  request.destroy();
  expect(await storedIds(site, [id])).toBe(1);
  expect((await site.post(paper(23).text)).answers).toMatchObject([{ status: "MERGED" }]);
  expect(site.logged).toEqual([]);
});

it("keeps the acknowledged documents of a gzipped body that breaks off, and answers NOT_READ for the rest", async () => {
  const { request, next } = openDuplexRequest(site.server.url, { "content-encoding": "gzip" });
  const gzip = createGzip();
  const parts: Buffer[] = [];
  gzip.on("data", (part: Buffer) => parts.push(part));
  gzip.write(`${paper(31).text}\n${paper(32).text}\n`);
  await new Promise<void>((resolve) => gzip.flush(constants.Z_SYNC_FLUSH, resolve));
  request.write(Buffer.concat(parts));
  const answers = [await next(), await next()];
  expect(answers).toMatchObject([{ status: "MERGED" }, { status: "MERGED" }]);
  request.end(gzipSync("no continuation of it").subarray(0, 12));
  expect(await next()).toMatchObject({ id: null, status: "NOT_READ", error: { code: "BAD_USER_INPUT" } });
  expect(await next()).toBeUndefined();
  expect(
    await storedIds(
      site,
      answers.map((answer) => answer?.id),
    ),
  ).toBe(2);
});

it("answers RATE_LIMITED with retryAfter in a line once a limit is reached", async () => {
  const limited = await openSite({ documentsPerMinute: 1 });
  const { request, next } = openDuplexRequest(limited.server.url, {}, "?wait=0");
  request.write(`${paper(1).text}\n`);
  expect(await next()).toMatchObject({ line: 1, status: "QUEUED" });
  request.on("error", () => {}).write(`${paper(2).text}\n`);
  expect(await next()).toMatchObject({
    id: null,
    status: "NOT_READ",
    error: { code: "RATE_LIMITED", retryAfter: expect.any(Number) },
  });
  expect(await next()).toBeUndefined();
  request.destroy();
  expect(await statuses(limited.database)).toEqual({ queued: 1 });
  await limited.close();
});

/** @threat T44 */
it("closes the connection of a client that does not read its answers", async () => {
  const submissionService = new SubmissionService(site.database, settings);
  const chunk = Array.from({ length: 1_000 }, () => ({ line: 1, id: null }));
  let added = 0;
  let closed = false;
  const limits = { ...defaultUnreadLimits(2 ** 28), unreadMilliseconds: 50, checkMilliseconds: 10 };
  const connections = new ConnectionTracker(limits);
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    response.once("close", () => {
      closed = true;
    });
    const writer = new ResultWriter(submissionService, request, response, 0);
    for (; added < 1_000 && !closed; added++) {
      await writer.add(chunk);
      await setImmediate();
    }
    writer.abandon();
  };
  const server = createServer((request, response) => connections.handle(request, response, answer));
  connections.follow(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const request = httpRequest({ port: (server.address() as AddressInfo).port, host: "127.0.0.1" }).end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  await expect.poll(() => closed, { timeout: 20_000 }).toBe(true);
  expect(added).toBeLessThan(1_000);
  // The answer that was sent before is cut short.
  await expect(response.toArray()).rejects.toMatchObject({ code: "ECONNRESET" });
  server.close();
  await submissionService.close();
});

/** @threat T44 */
it("reads no more of a body while its client does not read the answers", async () => {
  const submissionService = new SubmissionService(site.database, settings);
  const chunk = Array.from({ length: 1_000 }, () => ({ line: 1, id: null }));
  const chunks = 200;
  let added = 0;
  let largestBuffer = 0;
  let needsReading = () => false;
  const server = createServer(async (request, response) => {
    needsReading = () => response.writableNeedDrain;
    const writer = new ResultWriter(submissionService, request, response, 0);
    for (; added < chunks; added++) {
      await writer.add(chunk);
      largestBuffer = Math.max(largestBuffer, response.writableLength);
    }
    await writer.end(null);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const request = httpRequest({ port: (server.address() as AddressInfo).port, host: "127.0.0.1" }).end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  await expect.poll(() => needsReading()).toBe(true);
  expect(added).toBeLessThan(chunks);
  let lines = 0;
  for await (const part of response) for (const byte of part as Buffer) if (byte === 0x0a) lines++;
  expect(lines).toBe(chunks * chunk.length);
  expect(largestBuffer).toBeLessThan(1_000_000);
  server.close();
  await submissionService.close();
});
