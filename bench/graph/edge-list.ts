import { readFileSync, writeFileSync } from "node:fs";

/** A graph in the form for all engines: vertices by index, each edge once. */
export type EdgeList = {
  /** Work ids, ascending. */
  readonly ids: BigUint64Array;
  readonly citing: Uint32Array;
  readonly cited: Uint32Array;
};

/** Writes it for other processes. */
export function writeEdgeList(path: string, { ids, citing, cited }: EdgeList): void {
  const header = new BigUint64Array([BigInt(ids.length), BigInt(citing.length)]);
  const parts = [header, ids, citing, cited];
  writeFileSync(
    path,
    Buffer.concat(parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength))),
  );
}

export function readEdgeList(path: string): EdgeList {
  const bytes = readFileSync(path);
  const { buffer } = new Uint8Array(bytes);
  const [vertices = 0, edges = 0] = Array.from(new BigUint64Array(buffer, 0, 2), Number);
  return {
    ids: new BigUint64Array(buffer, 16, vertices),
    citing: new Uint32Array(buffer, 16 + 8 * vertices, edges),
    cited: new Uint32Array(buffer, 16 + 8 * vertices + 4 * edges, edges),
  };
}

/** The number of occurrences of each vertex in a column. */
export function countByVertex(vertices: number, column: Uint32Array): Uint32Array {
  const counts = new Uint32Array(vertices);
  for (const vertex of column) counts[vertex] = (counts[vertex] as number) + 1;
  return counts;
}

/** The works' stored counts. */
export function degreesOf({ ids, citing, cited }: EdgeList): {
  references: Uint32Array;
  citedBy: Uint32Array;
} {
  return { references: countByVertex(ids.length, citing), citedBy: countByVertex(ids.length, cited) };
}

/** The vertex that is cited most. */
export function hubOf(list: EdgeList): number {
  const { citedBy } = degreesOf(list);
  return citedBy.reduce((best, count, vertex) => (count > (citedBy[best] as number) ? vertex : best), 0);
}
