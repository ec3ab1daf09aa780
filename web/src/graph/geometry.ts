/** Where a work stands, in a layout's units: about pixels, before zooming; upward is positive. */
export type Position = { readonly x: number; readonly y: number };

/** By the works' ids. */
export type Positions = ReadonlyMap<string, Position>;

/** Half the width of a node in pixels, before zooming. The area grows with the citations; the least is still seen. */
export function nodeRadius(citedByCount: number, maxCitedByCount: number): number {
  const share = Math.min(1, Math.max(0, citedByCount) / Math.max(maxCitedByCount, minScale));
  return minRadius + (maxRadius - minRadius) * Math.sqrt(share);
}

const minRadius = 3.5;
const maxRadius = 17;
/** Where nothing is cited more often than this, nothing is drawn largest: being cited once is not much. */
const minScale = 40;

/**
 * Two numbers from 0 to 1 that a text always gives, and that tell nothing: where a layout has no reason to put a work
 * here or there, the same link still shows the same picture.
 */
export function hashToPair(text: string): readonly [number, number] {
  let first = 0x811c9dc5;
  let second = 0x9e3779b9;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    first = Math.imul(first ^ code, 0x01000193);
    second = Math.imul(second ^ code, 0x85ebca6b);
    second = (second << 13) | (second >>> 19);
  }
  return [toUnitInterval(first), toUnitInterval(second)];
}

function toUnitInterval(value: number): number {
  let mixed = value >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}
