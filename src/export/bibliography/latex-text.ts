const escapes: Readonly<Record<string, string>> = {
  "\\": "{\\textbackslash}",
  // Not \{ and \}: BibTeX counts those as braces too, and one alone would end the field elsewhere.
  "{": "{\\textbraceleft}",
  "}": "{\\textbraceright}",
  $: "\\$",
  "&": "\\&",
  "#": "\\#",
  "%": "\\%",
  _: "\\_",
  "~": "{\\textasciitilde}",
  "^": "{\\textasciicircum}",
  // In TeX's first encoding of fonts, and without an encoding that is told it is that, other signs stand there.
  "<": "{\\textless}",
  ">": "{\\textgreater}",
  "|": "{\\textbar}",
};

/**
 * Any text for LaTeX, which shows it as it is written (`--` as a dash, as it shows all text): also a title that brings
 * TeX of its own, since what documents say is not to be run.
 */
export function latexText(text: string): string {
  return text.replace(/[\\{}$&#%_~^<>|]/g, (character) => escapes[character] ?? "");
}

/** An address or a DOI for the fields that BibTeX's readers take as they are: only what ends a field is encoded. */
export function verbatimText(text: string): string {
  return text.replace(/[\\{}\p{Z}\p{C}]/gu, encodeURIComponent);
}
