import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** What a proxy's or a client's own id may be made of: whatever it is, it goes into logs and headers. */
const sane = /^[A-Za-z0-9._:/+=@-]{1,64}$/;

const prefix = randomBytes(6).toString("base64url");
let count = 0;

/** The request's id: the one that it brings along as `X-Request-Id` where that is sane, else a new one. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers["x-request-id"];
  if (typeof given === "string" && sane.test(given)) return given;
  count++;
  return `${prefix}-${count.toString(36)}`;
}
