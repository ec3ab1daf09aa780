/** A parser under test. */
export type Target = {
  /** Of its folder in `corpus/`, and for the command line. */
  readonly name: string;
  /** Inputs that lead into its depths, besides the corpus. */
  readonly seeds: () => readonly (string | Uint8Array)[];
  /** Gives any bytes to the parser, and throws where a property does not hold. */
  readonly check: (input: Buffer) => void | Promise<void>;
};

/** Throws with both values where they are not the same text. */
export function demandSame(what: string, one: unknown, other: unknown): void {
  if (one !== other) throw new Error(`${what}: ${JSON.stringify(one)} and ${JSON.stringify(other)}`);
}

export function demand(what: string, holds: boolean): void {
  if (!holds) throw new Error(what);
}
