import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { linesOf } from "../../../src/ingest/document-stream.ts";
import { parametersOfBody, parametersOfQuery } from "../../../src/server/graphql/parameters.ts";
import { BodyError, readBodyChunks } from "../../../src/server/http/request-body.ts";
import { assertSame, failUnless, type Target } from "./target.ts";

const maxBodyBytes = 20_000;
const maxLineBytes = 2_000;

/**
 * Bodies of requests: the same documents in chunks of any size, gzipped or not, and an error if they are too large. The
 * first byte decides the length of the chunks.
 */
export const bodies: Target = {
  name: "bodies",
  seeds: () => [
    '\u0003{"a":1}\n\n {"b":2}\r\n{"c":',
    '\u0007{\n  "a": [\n 1]\n}\n',
    Buffer.concat([Buffer.from([5]), gzipSync('{"packed":true}\n{"b":1}')]),
    Buffer.concat([Buffer.from([5]), gzipSync("x".repeat(30_000))]),
    `\u0001${"y".repeat(3_000)}\n1`,
    '\u0001{"query":"{ a }","variables":{"__proto__":1},"extensions":[]}',
  ],
  async check(input) {
    const [length = 0] = input;
    const body = input.subarray(1);
    const complete = await pieces([body]);
    assertSame("documents of a body in chunks", await pieces(chunksOf(body, 1 + length)), complete);
    const isPacked = body[0] === 0x1f && (body.length < 2 || body[1] === 0x8b);
    if (!isPacked)
      assertSame("documents of a packed body", await pieces(chunksOf(gzipSync(body), 1 + length)), complete);
    for (const given of [
      parametersOfBody(body.toString()),
      parametersOfQuery(`/graphql?${body.toString("latin1")}`),
    ]) {
      failUnless("invalid parameters", given === null || typeof given === "object" || given === "no JSON");
    }
  },
};

/** The documents as one text, in which differences are visible. */
async function pieces(chunks: readonly Buffer[]): Promise<string> {
  const request = Object.assign(Readable.from(chunks), { headers: {} }) as unknown as IncomingMessage;
  const read: string[] = [];
  let size = 0;
  try {
    for await (const { bytes, line } of linesOf(readBodyChunks(request, maxBodyBytes), maxLineBytes, false)) {
      size += bytes?.length ?? 0;
      failUnless("a document larger than its limit", (bytes?.length ?? 0) <= maxLineBytes);
      read.push(`${line ?? "complete"}: ${bytes?.toString("latin1") ?? "too large"}`);
    }
  } catch (error) {
    if (!(error instanceof BodyError)) throw error;
    // If a body is too large and cut off, the chunks decide which error comes first, and after how many documents.
    return "rejected";
  }
  failUnless("a body larger than its limit", size <= maxBodyBytes);
  return read.join("\n");
}

function chunksOf(bytes: Buffer, length: number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let from = 0; from < bytes.length; from += length) chunks.push(bytes.subarray(from, from + length));
  return chunks;
}
