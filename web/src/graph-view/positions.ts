/** Where a work stands, in a layout's units: about pixels, before zooming; upward is positive. */
export type Position = { readonly x: number; readonly y: number };

/** By the works' ids. */
export type Positions = ReadonlyMap<string, Position>;
