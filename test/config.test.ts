import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { defaultQueryLimits } from "../src/api/limits/query-limits.ts";
import { ConfigError, readConfig } from "../src/config.ts";

it("the graph is held in memory unless told, and nowhere else than told", () => {
  expect(readConfig({}).graphAdjacency).toBe("memory");
  expect(readConfig({ PITH_GRAPH_ADJACENCY: " sql " }).graphAdjacency).toBe("sql");
  const wrong = () => readConfig({ PITH_GRAPH_ADJACENCY: "disk" });
  expect(wrong).toThrow(ConfigError);
  expect(wrong).toThrow('PITH_GRAPH_ADJACENCY must be memory or sql, not "disk".');
});

it("limits are whole numbers within reason, and say so", () => {
  const { limits, requestsPerMinute, trustedProxies, maximumQueryBytes } = readConfig({
    PITH_GRAPH_QUERY_COST: "50",
    PITH_GRAPH_QUERY_MILLISECONDS: "7",
    PITH_GRAPH_QUERY_ALIASES: "6",
    PITH_GRAPH_QUERY_DIRECTIVES: "5",
    PITH_GRAPH_QUERY_TOKENS: "4",
    PITH_GRAPH_QUERY_DEPTH: "3",
    PITH_GRAPH_QUERY_BYTES: "2",
    PITH_GRAPH_REQUESTS_PER_MINUTE: "0",
    PITH_GRAPH_TRUST_PROXY: "1",
  });
  expect(limits).toEqual({ cost: 50, milliseconds: 7, aliases: 6, directives: 5, tokens: 4, depth: 3 });
  expect([requestsPerMinute, trustedProxies, maximumQueryBytes]).toEqual([0, 1, 2]);
  expect(readConfig({}).limits).toEqual(defaultQueryLimits);
  for (const [name, value] of [
    ["PITH_GRAPH_QUERY_DEPTH", "101"],
    ["PITH_GRAPH_QUERY_COST", "0"],
    ["PITH_GRAPH_QUERY_MILLISECONDS", "10s"],
    ["PITH_GRAPH_TRUST_PROXY", "true"],
  ] as const) {
    expect(() => readConfig({ [name]: value })).toThrow(
      new RegExp(`${name} must be a whole number from \\d+ to \\d+, not "${value}"`),
    );
  }
});

it("replicas are PostgreSQL addresses, of which none is repeated in an error", () => {
  const urls = ["postgres://reader@one/pith", "postgresql://reader@two/pith"];
  expect(readConfig({ DATABASE_REPLICA_URLS: ` ${urls.join(", ")} ` }).replicaUrls).toEqual(urls);
  expect(readConfig({ DATABASE_REPLICA_URLS: "" }).replicaUrls).toEqual([]);
  const wrong = () => readConfig({ DATABASE_REPLICA_URLS: `${urls[0]},http://reader:secret@two` });
  expect(wrong).toThrow(ConfigError);
  expect(wrong).toThrow(/^DATABASE_REPLICA_URLS must be addresses that begin with [^@]*$/);
  expect(() => readConfig({ PITH_GRAPH_REPLICA_SECONDS: "0" })).toThrow("from 1 to 3600");
});

it("docs/configuration.md has every variable, and its default", () => {
  const source = readFileSync(new URL("../src/config.ts", import.meta.url), "utf8");
  const read = [...source.matchAll(/"(PITH_GRAPH_[A-Z_]+|DATABASE_[A-Z_]+|HOST|PORT)"/g)].map(
    ([, name]) => name,
  );
  const page = readFileSync(new URL("../docs/configuration.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (?:`([^`]*)`)? ?\| \S/gm)];
  expect(rows.map(([, name]) => name).sort()).toEqual([...new Set(read)].sort());
  const documented = Object.fromEntries(rows.map(([, name, value]) => [name ?? "", value]));
  expect(readConfig(documented)).toEqual(readConfig({}));
});
