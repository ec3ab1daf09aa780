import { expect, it } from "vitest";
import { ConfigError, readConfig } from "../src/config.ts";

it("the graph is held in memory unless told, and nowhere else than told", () => {
  expect(readConfig({}).graphAdjacency).toBe("memory");
  expect(readConfig({ PITH_GRAPH_ADJACENCY: " sql " }).graphAdjacency).toBe("sql");
  const wrong = () => readConfig({ PITH_GRAPH_ADJACENCY: "disk" });
  expect(wrong).toThrow(ConfigError);
  expect(wrong).toThrow('PITH_GRAPH_ADJACENCY must be memory or sql, not "disk".');
});
