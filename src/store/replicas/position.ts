/**
 * A place in the write-ahead log of a PostgreSQL cluster (an LSN), in bytes: all that was committed before it is visible
 * to who has come so far.
 */
export type Position = bigint;

/** Reads a position as PostgreSQL writes it, like `16/B374D848`; null for any other text. */
export function parsePosition(text: string): Position | null {
  const [, high, low] = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(text) ?? [];
  if (high === undefined || low === undefined) return null;
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

export function positionText(position: Position): string {
  const low = position & 0xffff_ffffn;
  return `${(position >> 32n).toString(16)}/${low.toString(16)}`.toUpperCase();
}
