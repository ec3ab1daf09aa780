import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GraphQLError } from "graphql";
import { expect, test } from "vitest";
import { printable } from "../../src/runtime/display-text.ts";
import { createMaskError } from "../../src/server/graphql/mask-error.ts";
import { runCli } from "../cli/run-cli.ts";

/** @threat T27 */
test("printable escapes control characters and changes of the writing direction", () => {
  expect(printable("a\u001b[2Jb\u009b1Ac\r\u0000\u007f\u202ed\u2066")).toBe(
    "a\\u{1b}[2Jb\\u{9b}1Ac\\u{d}\\u{0}\\u{7f}\\u{202e}d\\u{2066}",
  );
  expect(printable("two\nlines\tand é 東京 😀")).toBe("two\\u{a}lines\tand é 東京 😀");
});

test("verify prints the name of a file without its control characters", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pith-graph-printed-"));
  const path = join(folder, "\u001b]0;owned\u0007.json");
  await writeFile(path, "no JSON");
  const { stderr, status } = await runCli(["verify", path]);
  await rm(folder, { recursive: true });
  expect(status).not.toBe(0);
  expect(stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/);
});

/** @threat T27 */
test("the server logs only GraphQL names of a failed request, not the text of its error", () => {
  const lines: string[] = [];
  const mask = createMaskError((message) => lines.push(message));
  mask(
    new GraphQLError("boom\nINFO forged", {
      path: ["paper", "alias_1", 0],
      originalError: new Error("boom"),
    }),
  );
  expect(lines).toEqual(["a request failed at paper.alias_1.0"]);
});
