import { styleText } from "node:util";
import { printable } from "../../runtime/index.ts";

/** Prints a line for the person at the terminal; results go to standard output. */
export function printStatus(line: string): void {
  process.stderr.write(`${line.split("\n").map(printable).join("\n")}\n`);
}

/**
 * Several lines of text from documents, for a terminal that shows them unchanged: characters that it would obey are
 * written as `\u{9b}`.
 */
export function terminalText(text: string): string {
  return text.replaceAll("\r\n", "\n").split("\n").map(printable).join("\n");
}

/** The same for a text that comes in pieces, as UTF-8. */
export async function* terminalPieces(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of pieces) {
    const text = rest + decoder.decode(piece, { stream: true });
    // Whether the line ends with it depends on the next piece.
    rest = text.endsWith("\r") ? "\r" : "";
    yield terminalText(text.slice(0, text.length - rest.length));
  }
  yield terminalText(rest + decoder.decode());
}

const closed = new AbortController();

/** Aborted once the reader of standard output is gone: `pith-graph verify many.ndjson | head -1`. */
export const outputClosed: AbortSignal = closed.signal;

/**
 * Lets commands finish in order if the reader of their output stops early: they release their resources, such as an
 * embedded server. Without this the process would end immediately.
 */
export function watchOutput(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    closed.abort();
  });
  // No one is left to read the error.
  process.stderr.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

/** Whether an error only reports the closed output. */
export function isClosedOutput(error: unknown): boolean {
  return closed.signal.aborted && (error as NodeJS.ErrnoException | null)?.code === "EPIPE";
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The property that is needed of a stream: `process.stdout` and `process.stderr` have it. */
export type Output = { readonly isTTY?: boolean | undefined };

/**
 * Whether a stream gets colours. FORCE_COLOR comes first (`0` and `false` forbid them, all else forces them), then
 * NO_COLOR (any text but the empty one forbids them: no-color.org), then whether it is a terminal that is not `dumb`.
 */
export function isColoured({ isTTY }: Output, environment: Environment = process.env): boolean {
  const force = environment["FORCE_COLOR"];
  if (force !== undefined) return force !== "0" && force !== "false";
  if ((environment["NO_COLOR"] ?? "") !== "") return false;
  return isTTY === true && environment["TERM"] !== "dumb";
}

/** Colours by meaning. Each returns the text unchanged if colours are off. */
export type Colours = {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly doubtful: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly name: (text: string) => string;
};

export function coloursFor(stream: Output, environment: Environment = process.env): Colours {
  const style: (format: Parameters<typeof styleText>[0]) => (text: string) => string = isColoured(
    stream,
    environment,
  )
    ? // Which stream it is was asked above: styleText knows NO_COLOR only from some version on.
      (format) => (text) => styleText(format, text, { validateStream: false })
    : () => (text) => text;
  return {
    strong: style("bold"),
    faint: style("dim"),
    good: style("green"),
    doubtful: style("yellow"),
    bad: style("red"),
    name: style("cyan"),
  };
}
