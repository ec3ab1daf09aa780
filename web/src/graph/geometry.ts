/** A position in layout units: about pixels before zooming, with y pointing up. */
export type Position = { readonly x: number; readonly y: number };

/** Positions by work id. */
export type Positions = ReadonlyMap<string, Position>;

/** The radius of a node in pixels before zooming. Its area grows with the citation count. */
export function nodeRadius(citedByCount: number, maxCitedByCount: number): number {
  const share = Math.min(1, Math.max(0, citedByCount) / Math.max(maxCitedByCount, minScale));
  return minRadius + (maxRadius - minRadius) * Math.sqrt(share);
}

const minRadius = 3.5;
const maxRadius = 17;
/** If no work has more citations than this, none is drawn at full size: a single citation is not much. */
const minScale = 40;

/**
 * Two pseudo-random numbers from 0 to 1, always the same for the same text. Layouts use them for arbitrary choices,
 * so that the same link shows the same picture.
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
