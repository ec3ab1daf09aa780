/** A fenced block of a Markdown page. */
export type CodeBlock = {
  readonly page: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
  /** The first word after the fence; empty where there is none. */
  readonly language: string;
  readonly text: string;
  /** Why it is not run: `<!-- not run: … -->` before it. */
  readonly notRun: string | null;
  /** The status that its last command ends with: `<!-- exits: 1 -->` before it; 0 unless told. */
  readonly exits: number;
  /** The text between the block before, or the page's beginning, and this one. */
  readonly before: string;
};

const fence = /^(`{3,})([^\n]*)\n([\s\S]*?)^\1[ \t]*$/gm;

/** All fenced blocks of a page, in their order. */
export function codeBlocks(page: string, text: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let end = 0;
  for (const { index, 0: whole, 2: language = "", 3: content = "" } of text.matchAll(fence)) {
    const before = text.slice(end, index);
    // Only what stands right above the fence speaks of it.
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
    end = index + whole.length;
  }
  return blocks;
}

/** A command of a `console` block, and what it shows below it. */
export type ShownCommand = { readonly command: string; readonly output: readonly string[] };

/** Lines that begin with `$ ` are commands, `> ` goes on with one; all others are what is printed. */
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

/** Whether a text is what a page shows: `…` alone on a line stands for any lines, at the end of one for its rest. */
export function isShown(printed: string, shown: readonly string[]): boolean {
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
