/** Characters that XML 1.0 forbids: most control characters, unpaired surrogates, and two noncharacters. */
const notInXml =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};

/** Escapes text for an XML element or attribute. Forbidden characters become U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .replace(notInXml, "\ufffd")
    .replace(/[&<>"'\t\n\r]/g, (character) => escapes[character] ?? character);
}
