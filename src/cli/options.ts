import { InvalidArgumentError } from "commander";

/** Parses a whole number of an option, within limits. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

/** The option of commands that fetch from mirrors, for `Command.option`. */
export const allowHostOption = [
  "--allow-host <host[:port]>",
  "a host that may be reached by http, and at loopback and private addresses; may be given again",
  (host: string, hosts: readonly string[]) => [...hosts, host],
  [] as readonly string[],
] as const;
