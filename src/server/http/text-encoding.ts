import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Refusal } from "./cross-site.ts";

const malformedBody = "The body is not valid UTF-8. Nothing is replaced: send the text as UTF-8.";
const malformedAddress = "The address has percent-encoded bytes that are not valid UTF-8.";

/**
 * Why the text of a request cannot be read as it was meant; null where it can. Bytes that are not UTF-8 would otherwise
 * become U+FFFD, and a query would be answered that was never sent.
 */
export function encodingRefusal({ headers }: IncomingMessage, body: Buffer): Refusal | null {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(headers["content-type"] ?? "")?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    return {
      status: 415,
      message: `The charset must be utf-8, not ${JSON.stringify(charset.slice(0, 40))}.`,
    };
  }
  // Of a compressed body nothing is known yet.
  if (headers["content-encoding"] !== undefined || isUtf8(body)) return null;
  return { status: 400, message: malformedBody };
}

/** The same for what stands in the address. */
export function addressRefusal(url: string): Refusal | null {
  for (const [bytes] of url.matchAll(/(?:%[89a-f][\da-f])+/gi)) {
    if (!isUtf8(Buffer.from(bytes.replaceAll("%", ""), "hex")))
      return { status: 400, message: malformedAddress };
  }
  return null;
}
