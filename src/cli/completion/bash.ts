import { allCommands, type CompletionTree, singleQuoted } from "./completion-tree.ts";

/** For bash 4 or newer, without the package bash-completion. Files are completed where nothing else is known. */
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
  return `# What completes pith-graph in bash: source <(pith-graph completion bash)
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
