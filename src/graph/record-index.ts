import { sharedArray } from "./base-graph.ts";
import type { RecordMemory } from "./record-memory.ts";

const shardBits = 10;
/** The size of a shard that has its first record. */
const minCapacity = 8;

/** The tables of a RecordIndex; null for an empty one. */
export type RecordIndexParts = readonly (Uint32Array | null)[];

/**
 * Finds records by a 63-bit id that they contain, at the word `idPlace` and the next one: a hash table with open
 * addressing, of 4 bytes a slot. It is in shards, so that a table that is full is replaced in a fraction of a
 * millisecond.
 */
export class RecordIndex {
  readonly #memory: RecordMemory;
  readonly #idPlace: number;
  readonly #shards: (Uint32Array | null)[];
  readonly #counts: Uint32Array;
  #bytes: number;

  constructor(memory: RecordMemory, idPlace: number, parts?: RecordIndexParts) {
    this.#memory = memory;
    this.#idPlace = idPlace;
    this.#shards = parts === undefined ? new Array(1 << shardBits).fill(null) : [...parts];
    this.#counts = Uint32Array.from(
      this.#shards,
      (shard) => shard?.reduce((count, slot) => count + Number(slot !== 0), 0) ?? 0,
    );
    this.#bytes = this.#shards.reduce((sum, shard) => sum + (shard?.byteLength ?? 0), 0);
  }

  get parts(): RecordIndexParts {
    return this.#shards;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The first record with this id that is accepted; 0 if there is none. */
  find(high: number, low: number, accepts?: (address: number) => boolean): number {
    const mixed = mix(high, low);
    const shard = this.#shards[shardOf(mixed)] ?? null;
    if (shard === null) return 0;
    for (let slot = slotOf(mixed, shard); ; slot = next(slot, shard)) {
      const address = shard[slot] as number;
      if (address === 0) return 0;
      const hasId = this.#memory.hasWords(address, this.#idPlace, high, low);
      if (hasId && (accepts === undefined || accepts(address))) return address;
    }
  }

  /** Adds a record; records with the same id stay. */
  add(address: number): void {
    const number = shardOf(this.#mixedIdOf(address));
    let shard = this.#shards[number] ?? null;
    const count = (this.#counts[number] as number) + 1;
    if (shard === null || count * 4 > shard.length * 3) {
      const larger = sharedArray(Math.max(minCapacity, (shard?.length ?? 0) * 2));
      this.#bytes += larger.byteLength - (shard?.byteLength ?? 0);
      for (const known of shard ?? []) if (known !== 0) this.#put(larger, known);
      shard = larger;
      this.#shards[number] = shard;
    }
    this.#put(shard, address);
    this.#counts[number] = count;
  }

  /** Puts a record in the place of another one with the same id. */
  replace(before: number, address: number): void {
    const mixed = this.#mixedIdOf(before);
    const shard = this.#shards[shardOf(mixed)] as Uint32Array;
    let slot = slotOf(mixed, shard);
    while (shard[slot] !== before) slot = next(slot, shard);
    shard[slot] = address;
  }

  #put(shard: Uint32Array, address: number): void {
    let slot = slotOf(this.#mixedIdOf(address), shard);
    while (shard[slot] !== 0) slot = next(slot, shard);
    shard[slot] = address;
  }

  #mixedIdOf(address: number): number {
    const high = this.#memory.word(address, this.#idPlace);
    return mix(high, this.#memory.word(address, this.#idPlace + 1));
  }
}

/** The shard takes the upper bits of a mixed id, the slot the lower ones. */
function shardOf(mixed: number): number {
  return mixed >>> (32 - shardBits);
}

/** A shard's length is a power of two. */
function slotOf(mixed: number, shard: Uint32Array): number {
  return mixed & (shard.length - 1);
}

function next(slot: number, shard: Uint32Array): number {
  return (slot + 1) & (shard.length - 1);
}

/** Ids are hashes already, but those of tests are not. */
function mix(high: number, low: number): number {
  let mixed = Math.imul(high ^ Math.imul(low, 0x9e37_79b1), 0x85eb_ca6b);
  mixed ^= mixed >>> 15;
  return Math.imul(mixed, 0xc2b2_ae35) >>> 0;
}
