import { type CompletedOption, type CompletionTree, singleQuoted } from "./completion-tree.ts";

/** For zsh's own completion system: a function a command, each with its descriptions. */
export function zshScript(tree: CompletionTree): string {
  return `#compdef pith-graph
# What completes pith-graph in zsh: source <(pith-graph completion zsh)
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

/** `(--help -h){--help,-h}[text]` cannot be quoted as one word: each form is a specification of its own. */
function optionSpec({ flags, description, takesValue, values }: CompletedOption): string {
  const text = description.replace(/[[\]:\\]/g, "\\$&");
  const value = !takesValue ? "" : values.length > 0 ? `:value:(${values.join(" ")})` : ":value:_files";
  return `${flags[0]}[${text}]${value}`;
}
