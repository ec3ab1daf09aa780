import { printable } from "../../printable.ts";

/**
 * A text of many lines that documents wrote, for a terminal that is shown it as it is: what it would obey stands
 * there as `\u{9b}`.
 */
export function terminalText(text: string): string {
  return text.replaceAll("\r\n", "\n").split("\n").map(printable).join("\n");
}

/** The same of a text that comes in pieces, as UTF-8. */
export async function* terminalPieces(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of pieces) {
    const text = rest + decoder.decode(piece, { stream: true });
    // Whether a line ends with it is seen with the next.
    rest = text.endsWith("\r") ? "\r" : "";
    yield terminalText(text.slice(0, text.length - rest.length));
  }
  yield terminalText(rest + decoder.decode());
}
