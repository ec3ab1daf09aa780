const chunkBits = 20;
const unitBits = 3;
/** Memory is reserved in chunks of this size; no record is larger. */
const chunkBytes = 1 << chunkBits;
const unitsPerChunk = 1 << (chunkBits - unitBits);

/** A chunk, as numbers and as texts. */
type Chunk = { readonly words: Uint32Array; readonly bytes: Buffer };

/** The state of a RecordMemory, as one thread passes it to another without copying. */
export type RecordMemoryParts = { readonly chunks: readonly SharedArrayBuffer[]; readonly used: number };

/**
 * Memory for records, which are never moved or freed. An address counts units of 8 bytes, so that 32 bits reach 32 GB;
 * no record is at address 0.
 */
export class RecordMemory {
  readonly #buffers: SharedArrayBuffer[] = [];
  readonly #chunks: Chunk[] = [];
  /** Units used in the last chunk. */
  #used: number;

  constructor({ chunks, used }: RecordMemoryParts = { chunks: [], used: unitsPerChunk }) {
    this.#used = used;
    for (const chunk of chunks) this.#add(chunk);
  }

  get parts(): RecordMemoryParts {
    return { chunks: this.#buffers, used: this.#used };
  }

  /** What is allocated; up to one chunk more is reserved. */
  get bytes(): number {
    return ((this.#chunks.length - 1) * unitsPerChunk + this.#used) * 8;
  }

  /** The address of new bytes, all 0. At most `chunkBytes`. */
  allocate(bytes: number): number {
    const units = unitsOf(bytes);
    if (this.#used + units > unitsPerChunk) {
      this.#add(new SharedArrayBuffer(chunkBytes));
      this.#used = this.#chunks.length === 1 ? 1 : 0;
    }
    const address = (this.#chunks.length - 1) * unitsPerChunk + this.#used;
    this.#used += units;
    return address;
  }

  /** A 32-bit number at an address. */
  word(address: number, place: number): number {
    const { words } = this.#chunks[address >>> (chunkBits - unitBits)] as Chunk;
    return words[(address & (unitsPerChunk - 1)) * 2 + place] as number;
  }

  setWord(address: number, place: number, value: number): void {
    const { words } = this.#chunks[address >>> (chunkBits - unitBits)] as Chunk;
    words[(address & (unitsPerChunk - 1)) * 2 + place] = value;
  }

  /** Whether two neighbouring words have these values. */
  hasWords(address: number, place: number, first: number, second: number): boolean {
    const { words } = this.#chunks[address >>> (chunkBits - unitBits)] as Chunk;
    const start = (address & (unitsPerChunk - 1)) * 2 + place;
    return words[start] === first && words[start + 1] === second;
  }

  /** A text, from its bytes in UTF-8. */
  text(address: number, offset: number, length: number): string {
    const { bytes } = this.#chunks[address >>> (chunkBits - unitBits)] as Chunk;
    const start = (address & (unitsPerChunk - 1)) * 8 + offset;
    return bytes.toString("utf8", start, start + length);
  }

  /** The bytes themselves. */
  slice(address: number, offset: number, length: number): Buffer {
    const { bytes } = this.#chunks[address >>> (chunkBits - unitBits)] as Chunk;
    const start = (address & (unitsPerChunk - 1)) * 8 + offset;
    return bytes.subarray(start, start + length);
  }

  #add(buffer: SharedArrayBuffer): void {
    this.#buffers.push(buffer);
    this.#chunks.push({ words: new Uint32Array(buffer), bytes: Buffer.from(buffer) });
  }
}

function unitsOf(bytes: number): number {
  return (bytes + 7) >>> unitBits;
}

/** The bytes that a record occupies. */
export function allocatedBytes(bytes: number): number {
  return unitsOf(bytes) << unitBits;
}
