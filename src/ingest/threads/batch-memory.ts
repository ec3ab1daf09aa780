import type { Delivered } from "../sources/index.ts";

/** Larger buffers are not reused; in bytes. */
const mostKept = 1 << 24;
const leastBytes = 1 << 16;

/**
 * Buffers in which batches travel to a thread and back. They are reused, because the first access to newly allocated
 * memory is expensive.
 */
export class BatchMemory {
  readonly #spares: ArrayBuffer[] = [];

  /** Copies documents into one transferable buffer: transferring each of them separately would cost more. */
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

  /** The caller must not use the buffer any more. */
  giveBack(memory: ArrayBuffer): void {
    if (memory.byteLength > 0 && memory.byteLength <= mostKept) this.#spares.push(memory);
  }

  /** A buffer of at least `size` bytes. */
  #take(size: number): ArrayBuffer {
    const index = this.#spares.findIndex(({ byteLength }) => byteLength >= size);
    const [spare] = index < 0 ? [] : this.#spares.splice(index, 1);
    // The spare buffers are all too small, and would stay so.
    if (spare === undefined) this.#spares.length = 0;
    return spare ?? new ArrayBuffer(2 ** Math.ceil(Math.log2(Math.max(size, leastBytes))));
  }
}
