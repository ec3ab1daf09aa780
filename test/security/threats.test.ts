import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const page = readFileSync("docs/security.md", "utf8");

/** The rows of the tables that name tests. */
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| ") && line.split(" | ").length === 3)
  .map((line) => line.slice(2, -2).split(" | "))
  .filter(([first]) => first !== "What could go wrong" && !first?.startsWith("---"));

type Named = { readonly shown: string; readonly path: string; readonly titles: readonly string[] };

/** A link to a test file, and the titles in quotes that follow it. */
function namedTests(cell: string): Named[] {
  return [...cell.matchAll(/\[`([^`]+)`\]\(([^)]+)\)((?:,? "[^"]+")+)/g)].map(
    ([, shown = "", path = "", titles = ""]) => ({
      shown,
      path,
      titles: [...titles.matchAll(/"([^"]+)"/g)].map(([, title = ""]) => title),
    }),
  );
}

test("the page has the threats that it must have", () => {
  expect(rows.length).toBeGreaterThan(40);
  for (const threat of [
    "Forged",
    "stolen key",
    "Equivocation",
    "short form",
    "Replay",
    "SSRF",
    "SQL",
    "GraphQL",
    "Markup",
    "__proto__",
    "log",
    "token",
    "gzip",
    "install",
  ]) {
    expect(
      rows.some(([first]) => first?.includes(threat)),
      threat,
    ).toBe(true);
  }
});

describe("each threat has a test", () => {
  test.each(rows)("%s", (_threat, _stops, cell = "") => {
    const named = namedTests(cell);
    expect(named.length).toBeGreaterThan(0);
    // Nothing in the cell but what was read.
    expect(cell.replace(/\[`[^`]+`\]\([^)]+\)(?:,? "[^"]+")+/g, "").replace(/[, ]/g, "")).toBe("");
    for (const { shown, path, titles } of named) {
      const file = join("docs", path);
      expect(path).toBe(`../test/${shown}`);
      expect(existsSync(file), file).toBe(true);
      const source = readFileSync(file, "utf8");
      for (const title of titles) {
        expect(source.includes(`"${title}"`), `${file} has no test "${title}"`).toBe(true);
      }
    }
  });
});
