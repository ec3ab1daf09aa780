import { allCommands, type CompletionTree, singleQuoted } from "./completion-tree.ts";

/** For fish 3 or newer. */
export function fishScript(tree: CompletionTree): string {
  const lines = allCommands(tree).flatMap((command) => linesOf(command));
  return `# What completes pith-graph in fish: pith-graph completion fish > ~/.config/fish/completions/pith-graph.fish
function __pith_graph_at
    # Whether the words given so far begin with these.
    set -l given
    for word in (commandline -opc)[2..-1]
        string match -q -- '-*' $word; or set -a given $word
    end
    set -l depth (count $argv)
    test (count $given) -ge $depth; and test "$given[1..$depth]" = "$argv"
end
function __pith_graph_above
    # Whether they are these, and no more.
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

/** Inside single quotes, fish knows two escapes: of the quote, and of the backslash. */
function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
