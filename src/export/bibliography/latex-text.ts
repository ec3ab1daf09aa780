const escapes: Readonly<Record<string, string>> = {
  "\\": "{\\textbackslash}",
  "{": "\\{",
  "}": "\\}",
  $: "\\$",
  "&": "\\&",
  "#": "\\#",
  "%": "\\%",
  _: "\\_",
  "~": "{\\textasciitilde}",
  "^": "{\\textasciicircum}",
};

/**
 * Any text for LaTeX, which shows it as it is written: also a title that brings TeX of its own, since what documents
 * say is not to be run.
 */
export function latexText(text: string): string {
  return text.replace(/[\\{}$&#%_~^]/g, (character) => escapes[character] ?? "");
}
