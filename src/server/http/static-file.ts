import type { IncomingMessage, ServerResponse } from "node:http";
import { cryptography } from "../../protocol/index.ts";
import { sendBody } from "../responses.ts";
import { sendUnmodified, strongTag } from "./conditional.ts";
import { acceptedEncoding, type Encoding } from "./negotiation.ts";

type Headers = Readonly<Record<string, string>>;

/** Sends an HTML page that caches revalidate each time: 304 if the client has it, no body for HEAD. */
export function sendPage(
  request: IncomingMessage,
  response: ServerResponse,
  { text, headers, status = 200 }: { text: string; headers: Headers; status?: number },
): void {
  const etag = strongTag(cryptography.sha256Text(text).slice(0, 32));
  const all = { ...headers, "cache-control": "no-cache", etag };
  if (status === 200 && sendUnmodified(request, response, etag, all)) return;
  sendBody(request, response, status, { ...all, "content-type": "text/html; charset=utf-8" }, text);
}

type ImmutableFile = {
  readonly type: string;
  /** The file's bytes in an encoding; null if that encoding does not exist. */
  readonly bytes: (encoding: Encoding) => Promise<Buffer | null>;
  readonly headers: Headers;
};

/**
 * Sends a file whose name changes with its content, so that caches may store it permanently. All clients share its
 * bytes. Returns false, with nothing sent, if the file does not exist.
 */
export async function sendImmutable(
  request: IncomingMessage,
  response: ServerResponse,
  { type, bytes, headers }: ImmutableFile,
): Promise<boolean> {
  const wanted = acceptedEncoding(request);
  const compressed = wanted === "identity" ? null : await bytes(wanted);
  const body = compressed ?? (await bytes("identity"));
  if (body === null) return false;
  const encoding = compressed === null ? {} : { "content-encoding": wanted };
  const caching = { vary: "Accept-Encoding", "cache-control": "public, max-age=31536000, immutable" };
  // `headers` has the security policy: a worker has its own, and an image opened directly is a page.
  sendBody(request, response, 200, { "content-type": type, ...encoding, ...caching, ...headers }, body);
  return true;
}
