import { styleText } from "node:util";

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
