/** A fenced block of a Markdown page. */
export type CodeBlock = {
  readonly page: string;
  /** The line of the opening fence, from 1. */
  readonly line: number;
  /** The first word after the fence; empty if there is none. */
  readonly language: string;
  readonly text: string;
  /** The reason why it is not run, from `<!-- not run: … -->` above it. */
  readonly notRun: string | null;
  /** The expected exit status, from `<!-- exits: 1 -->` above it. Defaults to 0. */
  readonly exits: number;
  /** The text between the previous block, or the page's beginning, and this one. */
  readonly before: string;
};

const fence = /^(`{3,})([^\n]*)\n([\s\S]*?)^\1[ \t]*$/gm;

/** All fenced blocks of a page, in order. */
export function codeBlocks(page: string, text: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let end = 0;
  for (const { index, 0: block, 2: language = "", 3: content = "" } of text.matchAll(fence)) {
    const before = text.slice(end, index);
    // Only marks directly above the fence apply to it.
    const marks = /(?:<!--[^>]*-->\s*)*$/.exec(before)?.[0] ?? "";
    blocks.push({
      page,
      line: text.slice(0, index).split("\n").length,
      language: language.trim().split(/\s/)[0] ?? "",
      text: content,
      notRun: /<!--\s*not run:\s*([\s\S]*?)\s*-->/.exec(marks)?.[1] ?? null,
      exits: Number(/<!--\s*exits:\s*(\d+)\s*-->/.exec(marks)?.[1] ?? 0),
      before,
    });
    end = index + block.length;
  }
  return blocks;
}

/** A command of a `console` block, and the output shown below it. */
export type ShownCommand = { readonly command: string; readonly output: readonly string[] };

/** Lines that begin with `$ ` are commands, `> ` continues one, and all others are output. */
export function shownCommands(text: string): ShownCommand[] {
  const commands: { command: string; output: string[] }[] = [];
  for (const line of text.trimEnd().split("\n")) {
    const last = commands.at(-1);
    if (line.startsWith("$ ")) commands.push({ command: line.slice(2), output: [] });
    else if (line.startsWith("> ") && last?.output.length === 0) last.command += `\n${line.slice(2)}`;
    else last?.output.push(line);
  }
  return commands;
}

/** Whether a text matches a page: `…` alone on a line matches any lines, at the end of a line its rest. */
export function matchesOutput(printed: string, shown: readonly string[]): boolean {
  const pattern = shown
    .map((line) => {
      if (line.trim() === "…") return "(?:[^\\n]*\\n)*?";
      const isOpen = line.endsWith("…");
      const literal = (isOpen ? line.slice(0, -1) : line).trimEnd().replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
      return `${literal}${isOpen ? "[^\\n]*" : "[ \\t]*"}\\n`;
    })
    .join("");
  return new RegExp(`^${pattern}\\s*$`).test(printed.endsWith("\n") ? printed : `${printed}\n`);
}
