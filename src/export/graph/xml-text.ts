const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
  // These are line ends in XML 1.1.
  "\u0085": "&#133;",
  "\u2028": "&#8232;",
};

/**
 * Any text for XML 1.0, in an element or an attribute: markup is escaped, and the characters that XML cannot represent
 * (most controls, U+FFFE, U+FFFF) become U+FFFD.
 */
export function xmlText(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"\t\n\r\u0085\u2028]/g, (character) => entities[character] ?? "");
}
