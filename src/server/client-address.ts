import type { IncomingMessage } from "node:http";
import { BlockList, isIP, isIPv6, type Socket } from "node:net";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/**
 * The address that a request comes from. `X-Forwarded-For` is believed as far as one's own proxies wrote it: each of
 * them adds at its end whom it was asked by, so with two proxies the last but one counts. What stands before that
 * anybody may have written.
 *
 * @returns null for this machine itself: a person at it, or a proxy that nobody declared.
 */
export function clientAddress(request: IncomingMessage, trustedProxies: number): string | null {
  const { socket } = request;
  if (trustedProxies > 0) return readAddress(request, trustedProxies);
  // That of a connection stays.
  const known = ofConnections.get(socket);
  if (known !== undefined) return known;
  const address = readAddress(request, 0);
  ofConnections.set(socket, address);
  return address;
}

const ofConnections = new WeakMap<Socket, string | null>();

function readAddress(request: IncomingMessage, trustedProxies: number): string | null {
  const direct = request.socket.remoteAddress ?? "";
  const header = trustedProxies === 0 ? undefined : request.headers["x-forwarded-for"];
  const forwarded = (Array.isArray(header) ? header.join() : (header ?? ""))
    .split(",")
    .slice(-trustedProxies);
  const told = plainAddress(forwarded[0]?.trim() ?? "");
  const address = trustedProxies > 0 && isIP(told) !== 0 ? told : plainAddress(direct);
  const family = isIPv6(address) ? "ipv6" : "ipv4";
  return isIP(address) !== 0 && loopback.check(address, family) ? null : subscriberOf(address);
}

/** Without a port, brackets or zone; an IPv4 address that is written as IPv6 as itself. */
function plainAddress(text: string): string {
  const bare = /^\[(.*)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  const address = bare.split("%", 1)[0] ?? "";
  return /^::ffff:([\d.]+)$/i.exec(address)?.[1] ?? address;
}

/** Whoever has one IPv6 address has its /64: they count as one. */
function subscriberOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = "", tail] = address.toLowerCase().split("::");
  const before = head.split(":").filter((group) => group !== "");
  const after = (tail ?? "").split(":").filter((group) => group !== "");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array<string>(zeros).fill("0"), ...after].slice(0, 4);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, "")).join(":")}::/64`;
}
