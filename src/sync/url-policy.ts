import { BlockList, isIP, isIPv4 } from "node:net";
import { invalidHostMessage, normalizeHost } from "../config/index.ts";
import { FetchError } from "./fetch-error.ts";

/** Which URLs may be fetched. */
export type UrlPolicy = {
  /** Throws FetchError for a URL that may not be fetched, as far as the URL alone shows that. */
  check(url: URL): void;
  /** Whether the host is on the allow-list: http and private addresses are permitted for it. */
  isAllowed(url: URL): boolean;
};

/**
 * Permits https to public addresses, and the allowed hosts (each with or without a port), which may use http and
 * private addresses. Throws FetchError for an entry that cannot be parsed.
 */
export function createUrlPolicy(allowedHosts: readonly string[]): UrlPolicy {
  const allowed = new Set(allowedHosts.map(readHost));
  const isAllowed = (url: URL) => allowed.has(url.hostname) || allowed.has(`${url.hostname}:${portOf(url)}`);
  const check = (url: URL) => {
    if (url.username !== "" || url.password !== "") {
      throw new FetchError("URL_REFUSED", "A URL with a user or a password is not allowed.");
    }
    const isSecure = url.protocol === "https:";
    if (!isSecure && !(url.protocol === "http:" && isAllowed(url))) {
      throw new FetchError(
        "URL_REFUSED",
        `Only https is allowed. To allow http for this host, add --allow-host ${url.host}.`,
      );
    }
    // An IP literal is never resolved, so it is checked here; a host name is checked when it is resolved.
    const literal = url.hostname.replace(/^\[|\]$/g, "");
    if (isIP(literal) !== 0 && !isAllowed(url)) checkAddress(literal, url.host);
  };
  return { check, isAllowed };
}

/** Throws FetchError unless the address is public. */
function checkAddress(address: string, host: string): void {
  if (isPublicAddress(address)) return;
  throw new FetchError(
    "ADDRESS_REFUSED",
    `${address} is not a public address. To allow it, add --allow-host ${host}.`,
  );
}

function readHost(text: string): string {
  const host = normalizeHost(text);
  if (host === null) throw new FetchError("URL_REFUSED", invalidHostMessage(text));
  return host;
}

function portOf(url: URL): string {
  return url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
}

/** Multicast, and the ranges that the IANA special-purpose registry lists as not globally reachable. */
const reserved = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const) {
  reserved.addSubnet(network, prefix, "ipv4");
}

/**
 * Whether an IP address is a public unicast address. False for loopback, private, link-local, shared, multicast,
 * unspecified, documentation and reserved addresses, and for anything that is not an address. For an IPv6 form of an
 * IPv4 address, the IPv4 address decides.
 */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !reserved.check(address, "ipv4");
  const groups = groupsOf(address);
  if (groups === null) return false;
  const [first = 0, second = 0] = groups;
  // ::ffff:a.b.c.d, and NAT64's 64:ff9b::a.b.c.d.
  const start = groups.slice(0, 6).join(":");
  if (start === "0:0:0:0:0:65535" || start === "100:65435:0:0:0:0") return isPublicAddress(tail(groups));
  // Only 2000::/3 is allocated as global unicast.
  if (first >> 13 !== 1) return false;
  // 2001::/23 (Teredo and other protocols), documentation, 6to4.
  if (first === 0x2001 && (second < 0x200 || second === 0x0db8)) return false;
  if (first === 0x2002) return false;
  return !(first === 0x3fff && second < 0x1000);
}

/** The eight groups of an IPv6 address; null for anything else. */
function groupsOf(address: string): number[] | null {
  // The URL parser normalizes all notations to one, without an IPv4 tail.
  const url = `http://[${address}]/`;
  if (!URL.canParse(url)) return null;
  const [head = "", rest] = new URL(url).hostname.slice(1, -1).split("::");
  const numbers = (text: string) =>
    text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
  const left = numbers(head);
  if (rest === undefined) return left;
  const right = numbers(rest);
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
}

/** The last 32 bits as an IPv4 address. */
function tail(groups: readonly number[]): string {
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 255])
    .join(".");
}
