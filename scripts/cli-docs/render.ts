import type { Command } from "commander";
import { exitStatusTexts } from "../../src/cli/command-error.ts";
import { createProgram } from "../../src/cli/program.ts";
import { notRun } from "./not-run.ts";

/** The text of docs/cli.md: what the program says of itself, in another form. */
export async function renderCliDocs(): Promise<string> {
  const program = await createProgram();
  const commands = program.commands.flatMap((command) =>
    command.commands.length === 0 ? [command] : [command, ...command.commands],
  );
  const sections = commands.map((command) => renderCommand(command));
  return `${[introduction, renderStatuses(), renderContents(program), ...sections].join("\n\n")}\n`;
}

const introduction = `# The command line

Printed by \`npm run docs:cli\` from what the program says of itself; \`pith-graph <command> --help\` says the same. In a checkout it is \`npx pith-graph\`.

- Answers go to standard output, all else to standard error: an answer can be piped while progress is shown.
- \`--json\` prints an answer for programs: the shape is described with each command, and members are only ever added. Of the commands that read, it is the answer of a GraphQL query ([api.md](api.md)), the same over the database and over HTTP; what the schema answers with an error is \`{"errors": [{"message", "extensions": {"code", "next"?}}]}\`, where \`next\` is a command that may help.
- Commands that read ask the configured database, also while \`pith-graph start\` runs on it; or a server, by \`--url\` or \`PITH_GRAPH_URL\`.
- Colours are for terminals. \`NO_COLOR\` switches them off, \`FORCE_COLOR=1\` on, wherever the output goes.
- Texts of documents are printed without control characters and escape sequences, and texts that set their own writing direction are isolated: no title can give a terminal commands, or turn around what stands beside it.`;

function renderStatuses(): string {
  const rows = exitStatusTexts.map(([status, text]) => `| ${status} | ${text} |`);
  return ["## Exit status", "", "| Status | |", "| --- | --- |", ...rows].join("\n");
}

function renderContents(program: Command): string {
  const groups = new Map<string, string[]>();
  for (const command of program.commands) {
    const heading = (command.helpGroup() ?? "").replace(/:$/, "");
    const name = command.name();
    const row = `| [${name}](#pith-graph-${name}) | ${escaped(command.description())} |`;
    groups.set(heading, [...(groups.get(heading) ?? []), row]);
  }
  const tables = [...groups].map(([heading, rows]) =>
    [`**${heading}**`, "", "| | |", "| --- | --- |", ...rows].join("\n"),
  );
  return ["## Commands", ...tables].join("\n\n");
}

function renderCommand(command: Command): string {
  const help = command.createHelp();
  const name = help.commandUsage(command).replace(/ \[options\].*| \[command\].*/, "");
  const usage = help.commandUsage(command);
  const described = help.commandDescription(command);
  const sentence = `${described.charAt(0).toUpperCase()}${described.slice(1)}.`;
  const rows = [
    ...help
      .visibleArguments(command)
      .map((argument) => [help.argumentTerm(argument), help.argumentDescription(argument)] as const),
    ...help
      .visibleOptions(command)
      .filter((option) => option.long !== "--help")
      .map((option) => [help.optionTerm(option), help.optionDescription(option)] as const),
  ].map(([term, text]) => `| \`${term}\` | ${escaped(text)} |`);
  const { notes, examples } = splitHelp(helpAfter(command));
  return [
    `## ${name}`,
    sentence,
    `\`${usage}\``,
    ...(rows.length > 0 ? [["| | |", "| --- | --- |", ...rows].join("\n")] : []),
    ...notes,
    ...renderExamples(examples),
  ].join("\n\n");
}

/** What the command adds to its help with addHelpText("after", …). */
function helpAfter(command: Command): string {
  let text = "";
  const { writeOut } = command.configureOutput();
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  command.configureOutput(writeOut === undefined ? {} : { writeOut });
  return text.slice(text.indexOf(command.helpInformation()) + command.helpInformation().length);
}

/** Paragraphs, and the commands below "Examples:". */
export function splitHelp(text: string): { notes: string[]; examples: string[] } {
  const notes: string[] = [];
  const examples: string[] = [];
  for (const paragraph of text.trim().split(/\n{2,}/)) {
    if (paragraph.startsWith("Examples:")) {
      examples.push(...[...paragraph.matchAll(/^ {2}\$ (.*)$/gm)].map(([, example = ""]) => example));
      // What follows without a blank line belongs to the notes.
      const rest = paragraph.split("\n").filter((line) => line !== "Examples:" && !line.startsWith("  $ "));
      if (rest.length > 0) notes.push(asMarkdown(rest.join("\n")));
    } else if (paragraph !== "") {
      notes.push(asMarkdown(paragraph));
    }
  }
  return { notes, examples };
}

/** Lines as they are broken are for terminals; columns stay a block. */
function asMarkdown(paragraph: string): string {
  if (/\S {3,}\S/.test(paragraph)) return `\`\`\`text\n${paragraph}\n\`\`\``;
  return escaped(
    paragraph
      .split("\n")
      .map((line) => line.trim())
      .join(" "),
  );
}

function renderExamples(examples: readonly string[]): string[] {
  return examples.map((example) => {
    const reason = notRun[example];
    return `${reason === undefined ? "" : `<!-- not run: ${reason} -->\n`}\`\`\`sh\n${example}\n\`\`\``;
  });
}

/** Placeholders in angle brackets are no HTML, nor is a bar the end of a cell. */
function escaped(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part : part.replace(/</g, "&lt;").replace(/\|/g, "\\|")))
    .join("");
}
