import { describe, expect, it } from "vitest";
import { createFetcher, createUrlPolicy, FetchError } from "../../src/sync/index.ts";
import { isPublicAddress } from "../../src/sync/url-policy.ts";

describe("isPublicAddress", () => {
  it.each([
    "8.8.8.8",
    "1.1.1.1",
    "93.184.215.14",
    "172.15.255.255",
    "172.32.0.1",
    "100.63.255.255",
    "100.128.0.0",
    "192.0.1.0",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2001:4860:4860::8888",
    "2a00:1450:4001:830::200e",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
    "2001:200::1",
    "3fff:1000::1",
  ])("accepts %s", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.7",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "0:0:0:0:0:0:0:1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "0:0:0:0:0:ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "100::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "2001::1",
    "2001:0:4136:e378::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "4000::1",
    "",
    "localhost",
    "1.2.3",
    "8.8.8.8.8",
  ])("rejects %j", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

function codeOf(run: () => void): string | null {
  try {
    run();
    return null;
  } catch (error) {
    if (error instanceof FetchError) return error.code;
    throw error;
  }
}

describe("createUrlPolicy", () => {
  const policy = createUrlPolicy(["mirror.lan", "127.0.0.1:4000", "::1", "Example.org:8080"]);

  it.each([
    ["https://example.org/x", null],
    ["https://example.org:8443/x", null],
    ["https://8.8.8.8/", null],
    ["http://example.org/", "URL_REFUSED"],
    ["ftp://example.org/", "URL_REFUSED"],
    ["file:///etc/passwd", "URL_REFUSED"],
    ["data:application/json,{}", "URL_REFUSED"],
    ["https://user@example.org/", "URL_REFUSED"],
    ["https://:secret@example.org/", "URL_REFUSED"],
    ["https://127.0.0.1/", "ADDRESS_REFUSED"],
    ["https://2130706433/", "ADDRESS_REFUSED"],
    ["https://0x7f.1/", "ADDRESS_REFUSED"],
    ["https://[::ffff:127.0.0.1]/", "ADDRESS_REFUSED"],
    ["https://[fe80::1]/", "ADDRESS_REFUSED"],
    ["https://169.254.169.254/latest/meta-data", "ADDRESS_REFUSED"],
    ["http://mirror.lan/", null],
    ["http://mirror.lan:9000/", null],
    ["http://127.0.0.1:4000/", null],
    ["http://127.0.0.1:4001/", "URL_REFUSED"],
    ["https://127.0.0.1:4001/", "ADDRESS_REFUSED"],
    ["http://[::1]:5000/", null],
    ["http://example.org:8080/", null],
    ["http://sub.mirror.lan/", "URL_REFUSED"],
    ["ftp://mirror.lan/", "URL_REFUSED"],
  ])("checks %s with the result %s", (address, code) => {
    expect(codeOf(() => policy.check(new URL(address)))).toBe(code);
  });

  it.each(["http://x", "x/y", "", "a b", "user@host", "host:port"])(
    "rejects the allowed host %j",
    (entry) => {
      expect(() => createUrlPolicy([entry])).toThrow("is not a host");
    },
  );
});

describe("createFetcher", () => {
  /** @threat T18 */
  it("rejects a name that resolves to private addresses with ADDRESS_REFUSED, resolving it only once", async () => {
    const resolved: string[] = [];
    const fetcher = createFetcher({
      policy: createUrlPolicy([]),
      resolve: (hostname, _options, callback) => {
        resolved.push(hostname);
        callback(null, [
          { address: "127.0.0.1", family: 4 },
          { address: "::ffff:10.0.0.1", family: 6 },
        ]);
      },
    });
    const options = { maximumBytes: 1000, signal: new AbortController().signal };
    const fetching = fetcher.fetch(new URL("https://rebound.example/feed"), options);
    await expect(fetching).rejects.toMatchObject({
      code: "ADDRESS_REFUSED",
      isTransient: false,
      message: expect.stringContaining(
        "rebound.example has no public address, only 127.0.0.1, ::ffff:10.0.0.1",
      ),
    });
    // A second look-up might return other addresses.
    expect(resolved).toEqual(["rebound.example"]);
    fetcher.close();
  });
});
