/** One direction in compressed sparse rows: the row of vertex v is `cells` from `offsets[v]` to `offsets[v + 1]`. */
export type SparseRows = { readonly offsets: Uint32Array; readonly cells: Uint32Array };
