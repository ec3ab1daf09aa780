/** A parser under test. */
export type Target = {
  /** The name of its folder in `corpus/`, and on the command line. */
  readonly name: string;
  /** Inputs beside the corpus that reach deep code. */
  readonly seeds: () => readonly (string | Uint8Array)[];
  /** Parses any bytes, and throws if a property is violated. */
  readonly check: (input: Buffer) => void | Promise<void>;
};

/** Throws with both values if they differ. */
export function assertSame(what: string, one: unknown, other: unknown): void {
  if (one !== other) throw new Error(`${what}: ${JSON.stringify(one)} and ${JSON.stringify(other)}`);
}

export function failUnless(what: string, holds: boolean): void {
  if (!holds) throw new Error(what);
}
