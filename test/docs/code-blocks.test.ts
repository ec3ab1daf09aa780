import { expect, test } from "vitest";
import { codeBlocks, matchesOutput, shownCommands } from "./code-blocks.ts";

test("codeBlocks finds fenced blocks with their languages, lines and marks", () => {
  const text = [
    "# A page",
    "<!-- not run: it needs Docker -->",
    "```sh",
    "docker compose up",
    "```",
    "```sh",
    "true",
    "```",
    "<!-- exits: 1 -->",
    "",
    "```console title",
    "$ false",
    "```",
    "````md",
    "```sh",
    "inside",
    "```",
    "````",
  ].join("\n");
  expect(codeBlocks("page.md", text)).toMatchObject([
    { line: 3, language: "sh", notRun: "it needs Docker", exits: 0 },
    { line: 6, language: "sh", notRun: null, text: "true\n" },
    { line: 11, language: "console", exits: 1 },
    { line: 14, language: "md", text: "```sh\ninside\n```\n" },
  ]);
});

test("isShown compares printed text with a console block, where … matches any rest or lines", () => {
  expect(shownCommands("$ echo a \\\n>   b\na b\n$ true\n")).toEqual([
    { command: "echo a \\\n  b", output: ["a b"] },
    { command: "true", output: [] },
  ]);
  expect(matchesOutput("one\ntwo\nthree\n", ["one", "…", "three"])).toBe(true);
  expect(matchesOutput("one\n", ["on…"])).toBe(true);
  expect(matchesOutput("one\ntwo\n", ["one"])).toBe(false);
  expect(matchesOutput("a.c\n", ["abc"])).toBe(false);
  expect(matchesOutput("abc\n", ["a.c"])).toBe(false);
});
