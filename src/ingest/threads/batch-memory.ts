import type { Delivered } from "../sources/files.ts";

/** Larger memory is not kept. */
const mostKept = 1 << 24;
const leastBytes = 1 << 16;

/**
 * The memory in which batches travel to a thread and back. It is used again and again: memory that is new to the
 * process is dear to touch.
 */
export class BatchMemory {
  readonly #spares: ArrayBuffer[] = [];

  /** Copies documents into memory of their own, to be handed over: one piece for all, since each has its price. */
  own(batch: readonly Delivered[]): { owned: Delivered[]; memory: ArrayBuffer } {
    const sizes = batch.map((delivery) => ("bytes" in delivery ? delivery.bytes.length : 0));
    const memory = this.#take(sizes.reduce((sum, size) => sum + size, 0));
    let end = 0;
    const owned = batch.map((delivery, index): Delivered => {
      if (!("bytes" in delivery)) return delivery;
      const bytes = new Uint8Array(memory, end, sizes[index]);
      bytes.set(delivery.bytes);
      end += bytes.length;
      return { source: delivery.source, bytes };
    });
    return { owned, memory };
  }

  /** Nothing may use it any more. */
  giveBack(memory: ArrayBuffer): void {
    if (memory.byteLength > 0 && memory.byteLength <= mostKept) this.#spares.push(memory);
  }

  /** So many bytes or more. */
  #take(size: number): ArrayBuffer {
    const index = this.#spares.findIndex(({ byteLength }) => byteLength >= size);
    const [spare] = index < 0 ? [] : this.#spares.splice(index, 1);
    // Those that are too small would stay so.
    if (spare === undefined) this.#spares.length = 0;
    return spare ?? new ArrayBuffer(2 ** Math.ceil(Math.log2(Math.max(size, leastBytes))));
  }
}
