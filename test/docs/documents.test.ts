import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CodeBlock, codeBlocks, matchesOutput, shownCommands } from "./code-blocks.ts";
import { type Instance, startInstance } from "./instance.ts";

// Runs every fenced command and query of the documents on one instance with the sample. CONTRIBUTING.md explains how a
// page marks blocks that cannot be run, and what it may rely on.

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "examples/README.md",
  "sample/README.md",
  ...(await readdir("docs")).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`),
];
const blocks = (
  await Promise.all(pages.map(async (page) => codeBlocks(page, await readFile(page, "utf8"))))
).flat();

const runners = { sh: runScript, bash: runScript, console: runConsole, graphql: runQuery, sql: runSql };
/** Languages of blocks that are only shown. */
const shown = new Set([
  "json",
  "text",
  "js",
  "ts",
  "html",
  "css",
  "yaml",
  "ini",
  "toml",
  "nginx",
  "caddyfile",
  "http",
  "md",
  "python",
]);

let instance: Instance;
beforeAll(async () => {
  instance = await startInstance();
});
afterAll(() => instance.close());

for (const page of pages) {
  const runnable = blocks.filter(
    (block) => block.page === page && block.language in runners && block.notRun === null,
  );
  if (runnable.length === 0) continue;
  describe(page, () => {
    for (const block of runnable) {
      const [first = ""] = block.text.trim().split("\n");
      test(`line ${block.line}: ${first.slice(0, 80)}`, () =>
        runners[block.language as keyof typeof runners](block));
    }
  });
}

test("every block has a known language, and those that are not run have a reason", () => {
  const notRun = blocks.filter((block) => block.notRun !== null);
  for (const block of notRun) expect(block.notRun?.length, placeOf(block)).toBeGreaterThan(10);
  for (const block of blocks) {
    const isKnown = block.language === "" || block.language in runners || shown.has(block.language);
    expect(isKnown, `${placeOf(block)}: the language ${block.language} is run by nothing`).toBe(true);
    if (block.language !== "" && block.language !== "text") continue;
    // Figures and drawings have no language. Commands have one, and are run.
    expect(block.text, `${placeOf(block)} looks like a command: call it sh`).not.toMatch(
      /^(?:npx|npm|pith-graph|curl|node|docker|psql) [a-z-]|(?:^|\n)\$ \S/,
    );
  }
  const ran = blocks.filter((block) => block.language in runners && block.notRun === null);
  expect(ran.length).toBeGreaterThan(40);
  console.info(
    `${ran.length} blocks of ${pages.length} pages are run; ${notRun.length} are not:\n${notRun
      .map((block) => `  ${placeOf(block)}: ${block.notRun}`)
      .join("\n")}`,
  );
});

async function runScript(block: CodeBlock): Promise<void> {
  const { status, output } = await bash(block.text);
  expect(status, `${placeOf(block)}\n${output}`).toBe(block.exits);
}

async function runConsole(block: CodeBlock): Promise<void> {
  for (const { command, output: lines } of shownCommands(block.text)) {
    const { status, output } = await bash(command);
    expect(status, `${placeOf(block)}: ${command}\n${output}`).toBe(block.exits);
    const printed = output.replaceAll(instance.origin, "http://127.0.0.1:4000");
    if (!matchesOutput(printed, lines))
      expect(printed, `${placeOf(block)}: ${command}`).toBe(lines.join("\n"));
  }
}

/** Runs a script in the folder that the pages describe. */
function bash(script: string): Promise<{ status: number; output: string }> {
  const text = script.replaceAll(/http:\/\/(?:127\.0\.0\.1|localhost):4000/g, instance.origin);
  return new Promise((resolve) => {
    const child = execFile(
      "bash",
      ["--norc", "-euo", "pipefail", "-c", text],
      { cwd: instance.folder, env: { ...instance.environment }, timeout: 60_000 },
      (error, stdout, stderr) => {
        const status = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
        resolve({ status, output: stdout + stderr });
      },
    );
    child.stdin?.end();
  });
}

async function runQuery(block: CodeBlock): Promise<void> {
  const [next, afterNext] = blocks.filter(({ page, line }) => page === block.page && line > block.line);
  // The text between a query and its variables ends with "with the variables".
  const hasVariables = next?.language === "json" && /with the variables\s*$/.test(next.before);
  const answer = hasVariables ? afterNext : next;
  const response = await fetch(`${instance.origin}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      query: block.text,
      ...(hasVariables ? { variables: JSON.parse(next?.text ?? "") as unknown } : {}),
    }),
  });
  const { errors } = (await response.json()) as { errors?: unknown };
  // The answer to a mistake is shown with its errors.
  const isMistake = answer?.language === "json" && /^\{\s*"errors"/.test(answer.text);
  if (isMistake) expect(errors, placeOf(block)).toBeDefined();
  else expect(errors, placeOf(block)).toBeUndefined();
}

async function runSql(block: CodeBlock): Promise<void> {
  await instance.database.pool.query(block.text);
}

function placeOf({ page, line }: CodeBlock): string {
  return `${page}:${line}`;
}
