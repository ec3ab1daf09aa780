import { Argument, type Command, type Option } from "commander";

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** `createProgram` creates the program with all commands: `program` may have only this one. */
export function addCompletionCommand(program: Command, createProgram: () => Promise<Command>): void {
  program
    .command("completion")
    .description("generate a shell completion script")
    .addArgument(new Argument("<shell>", "shell to complete in").choices(Object.keys(scripts)))
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

/** Completions below a command. */
type CompletionTree = {
  /** The words of the command, after the program's name: `["quarantine", "list"]`. */
  readonly path: readonly string[];
  readonly description: string;
  readonly options: readonly CompletedOption[];
  /** Possible first arguments of the command; empty if anything is possible, such as files. */
  readonly words: readonly string[];
  readonly commands: readonly CompletionTree[];
};

type CompletedOption = {
  /** `--limit`, and its short form if it has one. */
  readonly flags: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  /** Possible values; empty if anything is possible. */
  readonly values: readonly string[];
};

/** Reads the tree from the program itself, so that it is always complete and correct. */
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

/** Every command and its subcommands, the program itself first. */
export function allCommands(tree: CompletionTree): CompletionTree[] {
  return [tree, ...tree.commands.flatMap(allCommands)];
}

/** A text as one word of a shell, whatever it contains. */
function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** For bash 4 or newer, without the package bash-completion. Completes files if nothing else is known. */
export function bashScript(tree: CompletionTree): string {
  const cases = allCommands(tree).map((command) => {
    const flags = command.options.flatMap((option) => option.flags);
    const words =
      command.commands.length > 0 ? command.commands.map(({ path }) => path.at(-1)) : command.words;
    return `    ${singleQuoted(command.path.join(" "))}) flags=${singleQuoted(flags.join(" "))}; words=${singleQuoted(words.join(" "))} ;;`;
  });
  const values = allCommands(tree).flatMap(({ path, options }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map(({ flags, values }) => {
        const patterns = flags.map((flag) => singleQuoted(`${path.join(" ")} ${flag}`)).join("|");
        return `    ${patterns}) takes=1; values=${singleQuoted(values.join(" "))} ;;`;
      }),
  );
  const known = allCommands(tree)
    .filter(({ path }) => path.length > 0)
    .map(({ path }) => singleQuoted(path.join(" ")));
  return `# Completion of pith-graph in bash: source <(pith-graph completion bash)
_pith_graph_option() {
  takes=0 values=''
  case "$1 $2" in
${values.join("\n")}
  esac
}

_pith_graph() {
  local current=\${COMP_WORDS[COMP_CWORD]} path='' flags='' words='' takes=0 values='' word index next
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    if [[ $word == -* ]]; then
      _pith_graph_option "$path" "$word"
      # The word after an option that takes a value is that value.
      if ((takes && index + 1 < COMP_CWORD)); then ((index++)); takes=0; fi
      continue
    fi
    takes=0
    next=\${path:+$path }$word
    case "$next" in
      ${known.join("|")}) path=$next ;;
    esac
  done
  if ((takes)); then
    if [[ -n $values ]]; then
      COMPREPLY=($(compgen -W "$values" -- "$current"))
    else
      COMPREPLY=($(compgen -f -- "$current"))
    fi
    return
  fi
  case "$path" in
${cases.join("\n")}
  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$current"))
  elif [[ -n $words ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}
complete -o filenames -o bashdefault -F _pith_graph pith-graph
`;
}

/** For zsh's own completion system: a function for each command, with descriptions. */
export function zshScript(tree: CompletionTree): string {
  return `#compdef pith-graph
# Completion of pith-graph in zsh: source <(pith-graph completion zsh)
${functionsOf(tree).join("\n")}
if [[ $funcstack[1] == _pith_graph ]]; then
  _pith_graph "$@"
else
  compdef _pith_graph pith-graph
fi
`;
}

function functionsOf(command: CompletionTree): string[] {
  const name = functionName(command);
  const options = command.options.map((option) => `    ${singleQuoted(optionSpec(option))} \\`);
  if (command.commands.length === 0) {
    const rest = command.words.length > 0 ? `1:what:(${command.words.join(" ")})` : "*:file:_files";
    return [`${name}() {\n  _arguments -s \\\n${options.join("\n")}\n    ${singleQuoted(rest)}\n}`];
  }
  const described = command.commands.map(({ path, description }) =>
    singleQuoted(`${(path.at(-1) ?? "").replaceAll(":", "\\:")}:${description}`),
  );
  const branches = command.commands.map((below) => `        ${below.path.at(-1)}) ${functionName(below)} ;;`);
  const own = `${name}() {
  local context state state_descr line
  typeset -A opt_args
  _arguments -C \\
${options.join("\n")}
    '1:command:->command' \\
    '*::argument:->argument'
  case $state in
    command)
      local -a commands=(
        ${described.join("\n        ")}
      )
      _describe command commands ;;
    argument)
      case $line[1] in
${branches.join("\n")}
      esac ;;
  esac
}`;
  return [...command.commands.flatMap(functionsOf), own];
}

function functionName({ path }: CompletionTree): string {
  return ["_pith_graph", ...path].join("_").replaceAll("-", "_");
}

/** `(--help -h){--help,-h}[text]` cannot be quoted as one word: each form gets its own specification. */
function optionSpec({ flags, description, takesValue, values }: CompletedOption): string {
  const text = description.replace(/[[\]:\\]/g, "\\$&");
  const value = !takesValue ? "" : values.length > 0 ? `:value:(${values.join(" ")})` : ":value:_files";
  return `${flags[0]}[${text}]${value}`;
}

/** For fish 3 or newer. */
export function fishScript(tree: CompletionTree): string {
  const lines = allCommands(tree).flatMap((command) => linesOf(command));
  return `# Completion of pith-graph in fish: pith-graph completion fish > ~/.config/fish/completions/pith-graph.fish
function __pith_graph_at
    # True if the words so far begin with these.
    set -l given
    for word in (commandline -opc)[2..-1]
        string match -q -- '-*' $word; or set -a given $word
    end
    set -l depth (count $argv)
    test (count $given) -ge $depth; and test "$given[1..$depth]" = "$argv"
end
function __pith_graph_above
    # True if the words so far are exactly these.
    set -l given
    for word in (commandline -opc)[2..-1]
        string match -q -- '-*' $word; or set -a given $word
    end
    test "$given" = "$argv"
end
${lines.join("\n")}
`;
}

function linesOf({ path, options, words, commands }: CompletionTree): string[] {
  const at = singleQuoted(["__pith_graph_at", ...path].join(" "));
  const above = singleQuoted(["__pith_graph_above", ...path].join(" "));
  return [
    ...commands.map(
      (below) =>
        `complete -c pith-graph -n ${above} -f -a ${below.path.at(-1)} -d ${quoted(below.description)}`,
    ),
    ...(words.length > 0
      ? [`complete -c pith-graph -n ${above} -f -a ${singleQuoted(words.join(" "))}`]
      : []),
    ...options.map(({ flags, description, takesValue, values }) => {
      const names = flags.map((flag) =>
        flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
      );
      const value = !takesValue ? "" : values.length > 0 ? ` -x -a ${singleQuoted(values.join(" "))}` : " -r";
      const where = path.length === 0 ? above : at;
      return `complete -c pith-graph -n ${where} ${names.join(" ")} -d ${quoted(description)}${value}`;
    }),
  ];
}

/** Inside single quotes, fish has two escapes: for the quote, and for the backslash. */
function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
