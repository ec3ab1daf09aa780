import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { notRun } from "../../scripts/cli-docs/not-run.ts";
import { renderCliDocs } from "../../scripts/cli-docs/render.ts";
import { createProgram } from "../../src/cli/program.ts";

test("docs/cli.md is what the program says of itself", async () => {
  const written = await readFile("docs/cli.md", "utf8");
  expect(await renderCliDocs(), "run `npm run docs:cli` and commit it").toBe(written);
});

test("every command has examples, and docs/cli.md has them as commands that are run", async () => {
  const written = await readFile("docs/cli.md", "utf8");
  const program = await createProgram();
  const commands = program.commands.flatMap((command) =>
    command.commands.length > 0 ? command.commands : [command],
  );
  for (const command of commands) {
    let help = "";
    command.configureOutput({ writeOut: (text) => (help += text) });
    command.outputHelp();
    const examples = [...help.matchAll(/^ {2}\$ (.*)$/gm)].map(([, example = ""]) => example);
    expect(examples.length, `${command.name()} has no Examples:`).toBeGreaterThan(0);
    for (const example of examples) expect(written).toContain(`\`\`\`sh\n${example}\n\`\`\``);
  }
  // A reason without its example would be a reason for nothing.
  for (const example of Object.keys(notRun)) expect(written).toContain(`-->\n\`\`\`sh\n${example}\n`);
});

test("a command that is asked for is there without the others", async () => {
  const names = async (asked: string) =>
    (await createProgram(asked)).commands.map((command) => command.name());
  expect(await names("verify")).toEqual(["verify"]);
  expect(await names("rebuild")).toEqual(["check", "rebuild"]);
  expect((await names("verfiy")).length).toBeGreaterThan(10);
});
