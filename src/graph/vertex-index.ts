/** The arrays of a VertexIndex: shared between threads. */
export type VertexIndexParts = {
  /** The upper 31 bits of each work id, ascending. */
  readonly high: Uint32Array;
  /** The lower 32 bits. */
  readonly low: Uint32Array;
  /** The first index in each bucket; one entry more than there are buckets. */
  readonly buckets: Uint32Array;
};

/**
 * Maps work ids to indexes and back. Ids are in ascending order, so the order of indexes is that of ids.
 *
 * Interpolation search: a bucket covers an equal part of the range between the least and the greatest id. Ids are
 * hashes, evenly distributed, so a bucket has one or two; a larger bucket is searched by bisection. 12 bytes a vertex.
 */
export class VertexIndex {
  readonly parts: VertexIndexParts;
  readonly size: number;
  readonly #least: number;
  readonly #scale: number;

  constructor(parts: VertexIndexParts) {
    this.parts = parts;
    this.size = parts.high.length;
    const { least, scale } = spread(parts.high, parts.low, parts.buckets.length - 1);
    this.#least = least;
    this.#scale = scale;
  }

  /** The index of the work id with these halves; -1 if there is none. O(1) for evenly distributed ids. */
  find(idHigh: number, idLow: number): number {
    const { high, low, buckets } = this.parts;
    const bucket = bucketOf(idHigh, idLow, this.#least, this.#scale);
    if (!(bucket >= 0 && bucket < buckets.length - 1)) return -1;
    let first = buckets[bucket] as number;
    let end = buckets[bucket + 1] as number;
    while (first < end) {
      const middle = (first + end) >>> 1;
      const difference = (high[middle] as number) - idHigh || (low[middle] as number) - idLow;
      if (difference === 0) return middle;
      if (difference < 0) first = middle + 1;
      else end = middle;
    }
    return -1;
  }

  /** The index of a work; -1 if there is none. */
  indexOf(workId: bigint): number {
    return this.find(highOf(workId), lowOf(workId));
  }

  workIdOf(index: number): bigint {
    return joinId(this.parts.high[index] as number, this.parts.low[index] as number);
  }
}

/** The upper 31 bits of a work id. */
export function highOf(workId: bigint): number {
  return Number(workId >> 32n);
}

/** The lower 32 bits of a work id. */
export function lowOf(workId: bigint): number {
  return Number(workId & 0xffff_ffffn);
}

export function joinId(high: number, low: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}

/** Builds the index over ids in strictly ascending order, given as halves in shared arrays. O(n). */
export function createVertexIndex(high: Uint32Array, low: Uint32Array): VertexIndex {
  const count = high.length;
  const bucketCount = Math.max(1, count);
  const { least, scale } = spread(high, low, bucketCount);
  const buckets = new Uint32Array(new SharedArrayBuffer((bucketCount + 1) * 4));
  for (let index = 0; index < count; index++) {
    const bucket = bucketOf(high[index] as number, low[index] as number, least, scale);
    buckets[bucket + 1] = (buckets[bucket + 1] as number) + 1;
  }
  for (let bucket = 0; bucket < bucketCount; bucket++) {
    buckets[bucket + 1] = (buckets[bucket + 1] as number) + (buckets[bucket] as number);
  }
  return new VertexIndex({ high, low, buckets });
}

/** A double has 53 bits for 63: rounding may merge neighbouring buckets, but preserves the order. */
function bucketOf(high: number, low: number, least: number, scale: number): number {
  return Math.floor((high * 2 ** 32 + low - least) * scale);
}

function spread(high: Uint32Array, low: Uint32Array, bucketCount: number): { least: number; scale: number } {
  const last = high.length - 1;
  if (last < 0) return { least: 0, scale: 0 };
  const least = (high[0] as number) * 2 ** 32 + (low[0] as number);
  const greatest = (high[last] as number) * 2 ** 32 + (low[last] as number);
  // Slightly less than would fill the last bucket: the greatest id must not fall beyond it.
  return { least, scale: greatest > least ? (bucketCount / (greatest - least)) * (1 - 2 ** -40) : 0 };
}
