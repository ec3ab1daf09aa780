import { styleText } from "node:util";
import { printable } from "../../printable.ts";

/** Where lines for the person at the terminal go; answers go to standard output. */
export function say(line: string): void {
  process.stderr.write(`${line.split("\n").map(printable).join("\n")}\n`);
}

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

const closed = new AbortController();

/** Aborted once nobody reads standard output any more: `pith-graph verify many.ndjson | head -1`. */
export const outputClosed: AbortSignal = closed.signal;

/**
 * Lets commands come to their end in order when whoever reads their output stops before its end: what they hold, an
 * embedded server for one, is let go of. Without this the process would end where it stands.
 */
export function watchOutput(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    closed.abort();
  });
  // Nobody is left to be told.
  process.stderr.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

/** Whether an error says that, and nothing else. */
export function isClosedOutput(error: unknown): boolean {
  return closed.signal.aborted && (error as NodeJS.ErrnoException | null)?.code === "EPIPE";
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What is asked of a stream: `process.stdout` and `process.stderr` have it. */
export type Output = { readonly isTTY?: boolean | undefined };

/**
 * Whether colours go to a stream. FORCE_COLOR comes first (`0` and `false` forbid, all else demands), then NO_COLOR
 * (anything but the empty text forbids: no-color.org), then whether it is a terminal that is not `dumb`.
 */
export function isColoured({ isTTY }: Output, environment: Environment = process.env): boolean {
  const force = environment["FORCE_COLOR"];
  if (force !== undefined) return force !== "0" && force !== "false";
  if ((environment["NO_COLOR"] ?? "") !== "") return false;
  return isTTY === true && environment["TERM"] !== "dumb";
}

/** Colours by what they mean. Each leaves the text as it is where no colours are wanted. */
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
