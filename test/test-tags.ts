import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

/*
 * Tables in Markdown list what the tests must cover. The first cell of a row is its id: a letter and a number. A tag
 * directly above a test names the rows that the test covers: one id, or several with commas between.
 */

/** A tag: the id, the file, and the first line of code below. */
type TestTag = { readonly id: string; readonly file: string; readonly code: string };

/** The rows of the tables of a Markdown file, by id, and the files of the tests that are tagged with each. */
export type TaggedRow = {
  readonly id: string;
  readonly cells: readonly string[];
  readonly files: readonly string[];
};

/**
 * Reads the rows whose id is `letter` and a number, and the tags `@<tag>` of all test files. Registers tests that fail
 * for an id with two rows, for a tag without a row, and for a tag that is not above a test.
 */
export function checkTestTags(file: string, letter: string, tag: string): TaggedRow[] {
  const rows = tableRows(file, letter);
  const tags = testTags(tag);
  const ids = rows.map(({ id }) => id);

  test(`${file} gives each row an id of its own`, () => {
    expect(ids).not.toEqual([]);
    expect(ids).toEqual([...new Set(ids)]);
  });

  test(`${file} has a row for each id in a @${tag} tag`, () => {
    expect(tags.filter(({ id }) => !ids.includes(id))).toEqual([]);
  });

  test(`each @${tag} tag is above a test that runs`, () => {
    expect(tags.filter(({ code }) => !/^\s*(it|test|describe)\b(?!\.(skip|todo)\b)/.test(code))).toEqual([]);
  });

  return rows.map(({ id, cells }) => {
    const files = tags.filter((each) => each.id === id).map((each) => each.file);
    return { id, cells, files: [...new Set(files)].sort() };
  });
}

function tableRows(file: string, letter: string): { id: string; cells: string[] }[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => new RegExp(`^\\| ${letter}\\d+ \\|`).test(line))
    .map((line) => line.slice(2, -2).split(" | "))
    .map(([id = "", ...cells]) => ({ id, cells }));
}

function testTags(tag: string): TestTag[] {
  const line = new RegExp(`^\\s*/\\*\\* @${tag} (.*) \\*/$`);
  return testFiles().flatMap((file) => {
    const lines = readFileSync(file, "utf8").split("\n");
    return lines.flatMap((text, index) => {
      const [, ids] = line.exec(text) ?? [];
      const code = lines.slice(index + 1).find((below) => !/^\s*(\/\/|\/\*|\*|$)/.test(below)) ?? "";
      return (ids?.split(", ") ?? []).map((id) => ({ id, file, code }));
    });
  });
}

function testFiles(): string[] {
  return readdirSync("test", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => join("test", name));
}
