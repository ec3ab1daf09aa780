import { expect, test } from "vitest";
import { checkTestTags } from "../test-tags.ts";

test.each(checkTestTags("test/inputs/README.md", "I", "input"))(
  "input $id ($cells.0) has a test",
  ({ files }) => {
    expect(files).not.toEqual([]);
  },
);

test.each(checkTestTags("test/browser/README.md", "D", "page"))(
  "fault $id ($cells.0) has a browser test",
  ({ files }) => {
    expect(files).not.toEqual([]);
    for (const file of files) expect(file).toMatch(/^test\/browser\//);
  },
);
