import { printable } from "../../printable.ts";

/** Where lines for the person at the terminal go; answers go to standard output. */
export function say(line: string): void {
  process.stderr.write(`${line.split("\n").map(printable).join("\n")}\n`);
}
