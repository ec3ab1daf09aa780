/** Stamps are below it. */
const stampLimit = 2 ** 32;

/**
 * Numbers by vertex, all cleared at once: a note is a stamp above `base`, and each use begins above all stamps of the
 * previous one. Inner loops access `stamps` directly: vertex v has note n (from 1) if `stamps[v] === base + n`, and
 * none if `stamps[v] <= base`.
 */
export class Marks {
  stamps = new Uint32Array(0);
  base = 0;
  #nextStamp = 0;

  /** Clears all notes. The next are for vertices below `size`, from 1 to `maxNote`. O(1), but once in 2^32 notes. */
  begin(size: number, maxNote: number): void {
    if (this.stamps.length < size || this.#nextStamp + maxNote >= stampLimit) {
      this.stamps = this.stamps.length < size ? new Uint32Array(size + (size >> 3)) : this.stamps.fill(0);
      this.#nextStamp = 0;
    }
    this.base = this.#nextStamp;
    this.#nextStamp += maxNote;
  }

  /** The note of a vertex; 0 if there is none. */
  get(vertex: number): number {
    const stamp = this.stamps[vertex] as number;
    return stamp > this.base ? stamp - this.base : 0;
  }

  set(vertex: number, note: number): void {
    this.stamps[vertex] = this.base + note;
  }
}

/** A growing list that keeps its capacity between uses. */
class GrowableArray {
  #list = new Uint32Array(1024);

  /** The list with room for `more` items after the first `length`, which are preserved. */
  reserve(length: number, more: number): Uint32Array {
    if (length + more > this.#list.length) {
      const larger = new Uint32Array(Math.max(length + more, this.#list.length * 2));
      larger.set(this.#list.subarray(0, length));
      this.#list = larger;
    }
    return this.#list;
  }
}

/**
 * Working memory that questions reuse, so that each allocates only its answer. One for each thread; a question uses it
 * from beginning to end without yielding.
 */
export class Scratch {
  readonly marks = new Marks();
  readonly otherMarks = new Marks();
  /** Edges found. */
  readonly edges = new GrowableArray();
  #list = new Uint32Array(0);
  #otherList = new Uint32Array(0);

  /** Room for one entry for each vertex. Contains old values. */
  list(size: number): Uint32Array {
    if (this.#list.length < size) this.#list = new Uint32Array(size + (size >> 3));
    return this.#list;
  }

  /** A second one. */
  otherList(size: number): Uint32Array {
    if (this.#otherList.length < size) this.#otherList = new Uint32Array(size + (size >> 3));
    return this.#otherList;
  }
}
