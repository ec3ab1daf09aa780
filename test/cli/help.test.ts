import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { notRun } from "../../scripts/cli-docs/not-run.ts";
import { renderCliDocs } from "../../scripts/cli-docs/render.ts";
import { createProgram } from "../../src/cli/program.ts";

test("docs/cli.md equals the program's help", async () => {
  const written = await readFile("docs/cli.md", "utf8");
  expect(await renderCliDocs(), "run `npm run docs:cli` and commit it").toBe(written);
});

test("every command has examples, which docs/cli.md has as blocks that are run", async () => {
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
  // Every reason in not-run.ts belongs to an example.
  for (const example of Object.keys(notRun)) expect(written).toContain(`-->\n\`\`\`sh\n${example}\n`);
});

test("createProgram loads only the named command, and all of them for an unknown name", async () => {
  const names = async (name: string) => (await createProgram(name)).commands.map((command) => command.name());
  expect(await names("verify")).toEqual(["verify", "conformance"]);
  expect(await names("rebuild")).toEqual(["check", "rebuild"]);
  expect((await names("verfiy")).length).toBeGreaterThan(10);
});
