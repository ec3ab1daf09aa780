import { expect, test } from "vitest";
import { checkTestTags } from "../test-tags.ts";

// A row is `| T1 | What could go wrong | What stops it | links |`: it links to the files of the tests that are tagged with it.
const rows = checkTestTags("docs/security.md", "T", "threat").map(({ id, cells, files }) => {
  const [threat = "", , links = ""] = cells;
  return { id, threat, files, links: [...links.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, file]) => file) };
});

test.each(rows)("docs/security.md links $id ($threat) to the files of its tests", ({ files, links }) => {
  expect(files).not.toEqual([]);
  expect(links.sort()).toEqual(files);
});
