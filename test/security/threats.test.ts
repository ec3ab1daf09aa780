import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

/*
 * Each row of the tables in docs/security.md has an id, and links to the files that test what it says.
 * A tag directly above a test names the rows that it belongs to: one id, or several with commas between.
 */

/** The rows as `| T1 | What could go wrong | What stops it | links |`. */
const rows = readFileSync("docs/security.md", "utf8")
  .split("\n")
  .filter((line) => /^\| T\d+ \|/.test(line))
  .map((line) => line.slice(2, -2).split(" | "))
  .map(([id = "", threat = "", , links = ""]) => ({
    id,
    threat,
    files: [...links.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, file = ""]) => file).sort(),
  }));

const testFiles = readdirSync("test", { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => join("test", name));

/** The tags of all test files, with the first line of code below each. */
const tags = testFiles.flatMap((file) => {
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.flatMap((line, index) => {
    const [, ids] = /^\s*\/\*\* @threat (T\d+(?:, T\d+)*) \*\/$/.exec(line) ?? [];
    const code = lines.slice(index + 1).find((text) => !/^\s*(\/\/|\/\*|\*|$)/.test(text)) ?? "";
    return (ids?.split(", ") ?? []).map((id) => ({ id, file, code }));
  });
});

describe("docs/security.md", () => {
  test("gives each threat an id of its own", () => {
    const ids = rows.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });

  test("has a row for each id with which a test is tagged", () => {
    const ids = new Set(rows.map(({ id }) => id));
    expect(tags.filter(({ id }) => !ids.has(id))).toEqual([]);
  });

  test.each(rows)(
    "links $id ($threat) to the files of the tests that are tagged with it",
    ({ id, files }) => {
      const tagged = new Set(tags.filter((tag) => tag.id === id).map(({ file }) => file));
      expect([...tagged].sort()).toEqual(files);
      expect(files).not.toEqual([]);
    },
  );
});

test.each(tags)("the tag $id in $file is above a test", ({ code }) => {
  expect(code).toMatch(/^\s*(it|test|describe)\b(?!\.(skip|todo)\b)/);
});
