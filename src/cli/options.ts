import { InvalidArgumentError } from "commander";

/** Parses a whole number of an option, within limits. */
export function parseWholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

// Options of several commands, for `Command.option`.

export const keyringOption = [
  "--keyring <file>",
  "JSON file of trusted keys, in addition to the registry's",
] as const;

export const minimumProofOption = [
  "--minimum-proof <proof>",
  "minimum proof of an accepted event: signed, or hash to trust the source",
] as const;

export const allowHostOption = [
  "--allow-host <host[:port]>",
  "allow http and private addresses for this host; repeatable",
  (host: string, hosts: readonly string[]) => [...hosts, host],
  [] as readonly string[],
] as const;

export const outputOption = ["--output <file>", "write to this file (atomically)"] as const;

export const quietOption = ["--quiet", "don't show progress"] as const;
