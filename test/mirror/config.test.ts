import { expect, it } from "vitest";
import { readConfig } from "../../src/config/index.ts";

it("readConfig reads PITH_GRAPH_BASE_URL and PITH_GRAPH_ALLOW_HOSTS, and rejects an invalid address", () => {
  expect(readConfig({})).toMatchObject({ baseUrl: undefined, allowedHosts: [] });
  const environment = {
    PITH_GRAPH_BASE_URL: "https://Example.org/graph/",
    PITH_GRAPH_ALLOW_HOSTS: "localhost:4000, mirror.lan\n[::1]",
  };
  expect(readConfig(environment)).toMatchObject({
    baseUrl: "https://example.org/graph",
    allowedHosts: ["localhost:4000", "mirror.lan", "[::1]"],
  });
  for (const wrong of ["example.org", "ftp://example.org", "https://example.org/?a=b"]) {
    expect(() => readConfig({ PITH_GRAPH_BASE_URL: wrong })).toThrow(
      "PITH_GRAPH_BASE_URL must be an address",
    );
  }
});
