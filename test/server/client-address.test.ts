import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { clientAddress } from "../../src/server/client-address.ts";

describe("clientAddress", () => {
  const from = (remoteAddress: string, forwarded?: string) =>
    ({
      socket: { remoteAddress },
      headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded },
    }) as unknown as IncomingMessage;

  it("ignores X-Forwarded-For and returns the address of the connection if no proxy is trusted", () => {
    expect(clientAddress(from("198.51.100.7", "203.0.113.9"), 0)).toBe("198.51.100.7");
    expect(clientAddress(from("::ffff:198.51.100.7"), 0)).toBe("198.51.100.7");
  });

  it("returns the entry that the outermost trusted proxy has added, not those that the client sent", () => {
    const forwarded = "10.9.9.9, 203.0.113.9, 192.0.2.1";
    expect(clientAddress(from("127.0.0.1", forwarded), 1)).toBe("192.0.2.1");
    expect(clientAddress(from("127.0.0.1", forwarded), 2)).toBe("203.0.113.9");
    expect(clientAddress(from("198.51.100.7", "nonsense"), 1)).toBe("198.51.100.7");
    expect(clientAddress(from("198.51.100.7"), 1)).toBe("198.51.100.7");
    expect(clientAddress(from("127.0.0.1", "192.0.2.1:1234"), 1)).toBe("192.0.2.1");
    expect(clientAddress(from("127.0.0.1", "[2001:db8::1]:80"), 1)).toBe("2001:db8:0:0::/64");
  });

  it("returns the address of the proxy for an unreadable entry, also if the proxy is local", () => {
    for (const entry of ["nonsense", "", "unix:", "198.51.100.7.9"]) {
      expect(clientAddress(from("127.0.0.1", entry), 1)).toBe("127.0.0.1");
    }
    expect(clientAddress(from("127.0.0.1"), 1)).toBeNull();
  });

  it("returns the same IPv4 address for all its spellings in IPv6", () => {
    for (const spelling of [
      "198.51.100.7",
      "::ffff:198.51.100.7",
      "::FFFF:c633:6407",
      "0:0:0:0:0:ffff:198.51.100.7",
      "[::ffff:c633:6407]:8080",
      "198.51.100.7:8080",
    ]) {
      expect(clientAddress(from("127.0.0.1", spelling), 1), spelling).toBe("198.51.100.7");
    }
    expect(clientAddress(from("::ffff:7f00:1"), 0)).toBeNull();
  });

  it("returns null for loopback addresses", () => {
    for (const address of ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"]) {
      expect(clientAddress(from(address), 0)).toBeNull();
    }
  });

  it("returns the /64 network of an IPv6 address", () => {
    const same = ["2001:db8:1:2:3:4:5:6", "2001:DB8:1:2::9", "2001:0db8:0001:0002:0:0:0:1%eth0"];
    expect(new Set(same.map((address) => clientAddress(from(address), 0)))).toEqual(
      new Set(["2001:db8:1:2::/64"]),
    );
    expect(clientAddress(from("2001:db8::7"), 0)).toBe("2001:db8:0:0::/64");
  });
});
