import { Argument, type Command } from "commander";
import { bashScript } from "./bash.ts";
import { completionTree } from "./completion-tree.ts";
import { fishScript } from "./fish.ts";
import { zshScript } from "./zsh.ts";

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** `createProgram` makes the program with all its commands: the one that this is added to may have this one only. */
export function addCompletionCommand(program: Command, createProgram: () => Promise<Command>): void {
  program
    .command("completion")
    .description("print what completes commands and options in a shell")
    .addArgument(new Argument("<shell>", "which shell").choices(Object.keys(scripts)))
    .addHelpText(
      "after",
      `
bash, in ~/.bashrc:                 source <(pith-graph completion bash)
zsh, in ~/.zshrc, after compinit:   source <(pith-graph completion zsh)
fish, once:                         pith-graph completion fish > ~/.config/fish/completions/pith-graph.fish

Examples:
  $ pith-graph completion bash
  $ pith-graph completion fish > pith-graph.fish`,
    )
    .action(async (shell: keyof typeof scripts) => {
      process.stdout.write(scripts[shell](completionTree(await createProgram())));
    });
}
