import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { linesOf } from "../../../src/ingest/sources/pieces.ts";
import { parametersOfBody, parametersOfQuery } from "../../../src/server/graphql/parameters.ts";
import { BodyError, readChunks } from "../../../src/server/http/body.ts";
import { demand, demandSame, type Target } from "./target.ts";

const mostOfBody = 20_000;
const mostOfLine = 2_000;

/**
 * Bodies of requests: the same documents however they are cut into chunks, packed or not; refused by name where they
 * are too large. The first byte says how long the chunks are.
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
    const whole = await pieces([body]);
    demandSame("documents of a body in chunks", await pieces(chunksOf(body, 1 + length)), whole);
    const isPacked = body[0] === 0x1f && (body.length < 2 || body[1] === 0x8b);
    if (!isPacked)
      demandSame("documents of a packed body", await pieces(chunksOf(gzipSync(body), 1 + length)), whole);
    for (const given of [
      parametersOfBody(body.toString()),
      parametersOfQuery(`/graphql?${body.toString("latin1")}`),
    ]) {
      demand("parameters that are none", given === null || typeof given === "object" || given === "no JSON");
    }
  },
};

/** What is read, as one text: hashes would hide what differs. */
async function pieces(chunks: readonly Buffer[]): Promise<string> {
  const request = Object.assign(Readable.from(chunks), { headers: {} }) as unknown as IncomingMessage;
  const read: string[] = [];
  let size = 0;
  try {
    for await (const { bytes, line } of linesOf(readChunks(request, mostOfBody), mostOfLine, false)) {
      size += bytes?.length ?? 0;
      demand("a document larger than it may be", (bytes?.length ?? 0) <= mostOfLine);
      read.push(`${line ?? "whole"}: ${bytes?.toString("latin1") ?? "too large"}`);
    }
  } catch (error) {
    if (!(error instanceof BodyError)) throw error;
    // Of one that is too large and cut off, the chunks decide which is seen first, and after how many documents.
    return "refused";
  }
  demand("more than a body may have", size <= mostOfBody);
  return read.join("\n");
}

function chunksOf(bytes: Buffer, length: number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let from = 0; from < bytes.length; from += length) chunks.push(bytes.subarray(from, from + length));
  return chunks;
}
