import type { Command, Option } from "commander";

/** What can be completed below a command. */
export type CompletionTree = {
  /** The words that lead to it, after the program's name: `["quarantine", "list"]`. */
  readonly path: readonly string[];
  readonly description: string;
  readonly options: readonly CompletedOption[];
  /** Words that may stand as the command's first argument; empty where anything may, files for one. */
  readonly words: readonly string[];
  readonly commands: readonly CompletionTree[];
};

export type CompletedOption = {
  /** `--limit`, and a short form where there is one. */
  readonly flags: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  /** The values that it may have; empty where anything may be given. */
  readonly values: readonly string[];
};

/** Reads it from the program itself, so that nothing is completed which is not there, and nothing left out. */
export function completionTree(command: Command, path: readonly string[] = []): CompletionTree {
  const help = command.createHelp();
  const commands = help
    .visibleCommands(command)
    .filter((below) => below.name() !== "help")
    .map((below) => completionTree(below, [...path, below.name()]));
  return {
    path,
    description: command.description(),
    options: help.visibleOptions(command).map(completedOption),
    words: command.registeredArguments[0]?.argChoices ?? [],
    commands,
  };
}

function completedOption(option: Option): CompletedOption {
  return {
    flags: [option.long, option.short].filter((flag) => flag !== undefined && flag !== null),
    description: option.description,
    takesValue: option.required || option.optional,
    values: option.argChoices ?? [],
  };
}

/** Every command with what is below it, the program itself first. */
export function allCommands(tree: CompletionTree): CompletionTree[] {
  return [tree, ...tree.commands.flatMap(allCommands)];
}

/** A text as one word of a shell, whatever it holds. */
export function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
