/** Numbers are below it. */
const limit = 2 ** 32;

/**
 * Numbers noted by vertex, forgotten all at once: a note is a stamp above `base`, and each use begins above all stamps
 * of the one before. In a loop, read and write `stamps` themselves: vertex v has note n (from 1 on) where
 * `stamps[v] === base + n`, and none where `stamps[v] <= base`.
 */
export class Marks {
  stamps = new Uint32Array(0);
  base = 0;
  #top = 0;

  /** Forgets all notes. The next are of vertices below `size` and are 1 to `most`. O(1), but once in 2^32 notes. */
  begin(size: number, most: number): void {
    if (this.stamps.length < size || this.#top + most >= limit) {
      this.stamps = this.stamps.length < size ? new Uint32Array(size + (size >> 3)) : this.stamps.fill(0);
      this.#top = 0;
    }
    this.base = this.#top;
    this.#top += most;
  }

  /** The note of a vertex; 0 where there is none. */
  get(vertex: number): number {
    const stamp = this.stamps[vertex] as number;
    return stamp > this.base ? stamp - this.base : 0;
  }

  set(vertex: number, note: number): void {
    this.stamps[vertex] = this.base + note;
  }
}

/** A list that grows, and keeps its room from one use to the next. */
class Growing {
  #list = new Uint32Array(1024);

  /** The list with room for so many more behind the first `length`, which it keeps. */
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
 * Memory that questions work in, kept from one to the next: a question allocates its answer alone. One for each
 * thread; a question uses it from beginning to end without a pause.
 */
export class Scratch {
  readonly marks = new Marks();
  readonly otherMarks = new Marks();
  /** Edges found. */
  readonly edges = new Growing();
  #list = new Uint32Array(0);
  #otherList = new Uint32Array(0);

  /** Room for as many vertices as there are. Its content is left from before. */
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
