import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { allCommands, bashScript, completionTree, fishScript, zshScript } from "../../src/cli/completion.ts";
import { createProgram } from "../../src/cli/program.ts";

const tree = completionTree(await createProgram());

/** Runs a script from a file: fish cannot read one from the socket that is a child's standard input. */
async function runShell(shell: string, script: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "pith-graph-completion-"));
  try {
    const file = join(folder, "script");
    await writeFile(file, script);
    const { stdout, stderr } = await promisify(execFile)(shell, [file]);
    return stdout + stderr;
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("bash completes commands, options, values, and files", async () => {
  const expected: [line: string, completed: string[]][] = [
    ["pith-graph ver", ["verify"]],
    ["pith-graph quarantine ", ["list", "show", "retry", "remove"]],
    ["pith-graph quarantine list --js", ["--json"]],
    ["pith-graph verify --minimum", ["--minimum-proof"]],
    ["pith-graph completion ", ["bash", "zsh", "fish"]],
    ["pith-graph refs --only ", ["stored", "anchors"]],
    ["pith-graph refs --only stored 2302.12192 --li", ["--limit"]],
    ["pith-graph graph --depth 2 --direc", ["--direction"]],
    ["pith-graph verify package.j", ["package.json"]],
    ["pith-graph ingest --keyring tsconfig.l", ["tsconfig.library.json"]],
  ];
  const calls = expected.map(([line]) => {
    const words = line.split(" ").map((word) => `'${word}'`);
    return `COMP_WORDS=(${words.join(" ")}); COMP_CWORD=${words.length - 1}; COMPREPLY=(); _pith_graph; echo "\${COMPREPLY[*]}"`;
  });
  const printed = await runShell("bash", [bashScript(tree), "complete -p pith-graph", ...calls].join("\n"));
  const [registered, ...lines] = printed.trimEnd().split("\n");
  expect(registered).toContain("-F _pith_graph pith-graph");
  expect(lines.map((line, index) => [expected[index]?.[0], line.split(" ")])).toEqual(expected);
});

const missing = (shell: string) =>
  spawnSync(shell, ["--version"]).status === 0 ? "" : ` (skipped: ${shell} not found)`;

test.skipIf(missing("fish") !== "")(`fish completes commands and values${missing("fish")}`, async () => {
  const printed = await runShell(
    "fish",
    `${fishScript(tree)}\ncomplete -C'pith-graph quarantine '\ncomplete -C'pith-graph refs --only '`,
  );
  const words = printed
    .trim()
    .split("\n")
    .map((line) => line.split("\t")[0]);
  expect(words).toEqual(["list", "remove", "retry", "show", "anchors", "stored"]);
});

test.skipIf(missing("zsh") !== "")(`zsh registers the completion${missing("zsh")}`, async () => {
  const printed = await runShell(
    "zsh",
    `autoload -U compinit; compinit -u -D\n${zshScript(tree)}\nprint $_comps[pith-graph]`,
  );
  expect(printed.trim()).toBe("_pith_graph");
});

test("the scripts of all three shells have every command and every option", () => {
  for (const script of [bashScript(tree), fishScript(tree), zshScript(tree)]) {
    for (const { path, options } of allCommands(tree)) {
      if (path.length > 0) expect(script).toContain(path.at(-1));
      for (const { flags } of options) expect(script).toContain(flags[0]?.slice(2));
    }
  }
});
