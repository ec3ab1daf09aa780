import type { IncomingMessage, ServerResponse } from "node:http";
import { AddressRate } from "./address-rate.ts";
import type { AddressOf } from "./client-address.ts";
import { sendError } from "./responses.ts";

export type RateSettings = {
  /** Requests of one address; 0 sets no limit. */
  readonly requestsPerMinute: number;
  /** How many proxies of one's own stand before this server. */
  readonly trustedProxies: number;
};

/**
 * Answers an address that sends too many requests with 429. Returns true where the request may go on; requests from
 * this machine always may.
 */
export function createRateGate(
  { requestsPerMinute }: RateSettings,
  addressOf: AddressOf,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  if (requestsPerMinute === 0) return () => true;
  const rate = new AddressRate(requestsPerMinute);
  return (request, response) => {
    const address = addressOf(request);
    const seconds = address === null ? 0 : rate.take(address);
    if (seconds === 0) return true;
    sendError(request, response, 429, {
      code: "RATE_LIMITED",
      message: `More than ${requestsPerMinute} requests a minute came from your address. Try again in ${seconds} s.`,
      headers: { "retry-after": String(seconds), "access-control-allow-origin": "*" },
    });
    return false;
  };
}
