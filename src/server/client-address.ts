import type { IncomingMessage, ServerResponse } from "node:http";
import { BlockList, isIP, isIPv4, isIPv6, type Socket } from "node:net";
import { TokenBuckets } from "../runtime/index.ts";
import { sendError } from "./http/index.ts";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** The key that an address limit counts a request under; null for this machine itself. */
export type AddressOf = (request: Pick<IncomingMessage, "socket" | "headers">) => string | null;

/** The server's only reader of client addresses. `trustedProxies` is the number of your own proxies in front of it. */
export function createAddressReader(trustedProxies: number): AddressOf {
  return (request) => clientAddress(request, trustedProxies);
}

/** `address` as a key for limits that also apply to this machine: open streams and waits. */
export function clientKey(address: string | null): string {
  return address ?? "this machine";
}

/**
 * The address that a request comes from. `X-Forwarded-For` is trusted only as far as your own proxies wrote it: each
 * appends the address that connected to it, so with two proxies the client is the last entry but one. Earlier entries
 * can be forged. If that entry is missing or is not an address, the connection's own address counts.
 *
 * @returns null for this machine itself: a local user, or a proxy that was not declared.
 */
export function clientAddress(
  request: Pick<IncomingMessage, "socket" | "headers">,
  trustedProxies: number,
): string | null {
  const { socket } = request;
  if (trustedProxies > 0) {
    const header = request.headers["x-forwarded-for"];
    if (header !== undefined) return forwardedAddress(String(header), trustedProxies, socket);
  }
  // Cached per socket: the address of a connection does not change.
  const cached = addressesOfSockets.get(socket);
  if (cached !== undefined) return cached;
  const direct = normalizedAddress(socket.remoteAddress ?? "");
  const address = isLoopback(direct) ? null : networkOf(direct);
  addressesOfSockets.set(socket, address);
  return address;
}

const addressesOfSockets = new WeakMap<Socket, string | null>();

function forwardedAddress(header: string, trustedProxies: number, socket: Socket): string | null {
  const [entry = ""] = header.split(",").slice(-trustedProxies);
  const address = normalizedAddress(entry.trim());
  if (isIP(address) !== 0) return isLoopback(address) ? null : networkOf(address);
  // A proxy that forwards an unreadable address is still a proxy: it is not exempt, even on this machine.
  return networkOf(normalizedAddress(socket.remoteAddress ?? ""));
}

function isLoopback(address: string): boolean {
  return isIP(address) !== 0 && loopback.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

/** The address without port, brackets or zone. An IPv4-mapped IPv6 address, in any spelling, becomes IPv4. */
function normalizedAddress(text: string): string {
  const bare = /^\[(.*)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  const address = bare.split("%", 1)[0] ?? "";
  if (!isIPv6(address)) return address;
  const groups = groupsOf(address);
  if (groups.slice(0, 5).some((group) => group !== 0) || groups[5] !== 0xffff) return address;
  const mapped = groups.slice(6).flatMap((group) => [group >> 8, group & 0xff]);
  return mapped.join(".");
}

/** The eight 16-bit groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  // The URL parser rewrites an IPv4 suffix as two groups.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = "", tail] = canonical.split("::");
  const parse = (text: string) =>
    text.split(":").flatMap((group) => (group === "" ? [] : [parseInt(group, 16)]));
  const before = parse(head);
  const after = parse(tail ?? "");
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}

/** A subscriber usually has an IPv6 /64, so a /64 counts as one client. IPv4 addresses count individually. */
function networkOf(address: string): string {
  if (isIPv4(address) || !isIPv6(address)) return address;
  const network = groupsOf(address).slice(0, 4);
  return `${network.map((group) => group.toString(16)).join(":")}::/64`;
}

export type RateSettings = {
  /** Requests of one address per minute; 0 sets no limit. */
  readonly requestsPerMinute: number;
  /** How many of your own proxies are in front of this server. */
  readonly trustedProxies: number;
};

/**
 * Answers an address that sends too many requests with 429. Returns true if the request may proceed; requests from this
 * machine always may.
 */
export function createRateGate(
  { requestsPerMinute }: RateSettings,
  addressOf: AddressOf,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  if (requestsPerMinute === 0) return () => true;
  const buckets = new TokenBuckets({ perMinute: requestsPerMinute });
  return (request, response) => {
    const address = addressOf(request);
    if (address === null) return true;
    const wait = buckets.wait(address, 1);
    if (wait === 0) {
      buckets.take(address, 1);
      return true;
    }
    const seconds = Math.max(1, Math.ceil(wait / 1000));
    sendError(request, response, 429, {
      code: "RATE_LIMITED",
      message: `Your address has exceeded ${requestsPerMinute} requests per minute. Try again in ${seconds} s.`,
      headers: { "retry-after": String(seconds), "access-control-allow-origin": "*" },
    });
    return false;
  };
}
