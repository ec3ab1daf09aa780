import { betterEvidence, type Evidence, type Identifier } from "./evidence.ts";

/** What decides for each identifier: what was stored, until it is forgotten or something better is offered. */
export class BestEvidence {
  readonly #stored: ReadonlyMap<bigint, Identifier>;
  readonly #changed = new Map<bigint, Evidence | null>();

  constructor(stored: ReadonlyMap<bigint, Identifier>) {
    this.#stored = stored;
  }

  of(id: bigint): Evidence | null {
    const changed = this.#changed.get(id);
    return changed === undefined ? (this.#stored.get(id)?.target ?? null) : changed;
  }

  forget(id: bigint): void {
    this.#changed.set(id, null);
  }

  offer(id: bigint, evidence: Evidence): void {
    const known = this.of(id);
    const better = betterEvidence(known, evidence);
    if (better !== known) this.#changed.set(id, better);
  }
}
