import type pg from "pg";
import { copyLines, type ExportCounts, readSelectedRows, writeRows } from "./copy-out.ts";
import { countSelect, edgeLines, type Vertex, vertexSelect, type WorkSelection } from "./graph-rows.ts";

/**
 * Works and citations as a Pajek network (`.net`): numbered vertices, labelled with the works' keys, then arcs of
 * weight 1. Titles are not included: Pajek's labels have no escapes, and should be unique.
 */
export async function* pajek(
  client: pg.ClientBase,
  works: WorkSelection,
  { main, citations }: ExportCounts,
): AsyncGenerator<Uint8Array> {
  const { rows } = await client.query<{ count: number }>(countSelect(works));
  yield Buffer.from(`*Vertices ${rows[0]?.count ?? 0}\n`);
  yield* writeRows(
    readSelectedRows<Vertex>(client, vertexSelect(works)),
    ({ n, work }) => `${n} "${pajekLabel(work)}"\n`,
    main,
  );
  yield Buffer.from("*Arcs\n");
  yield* copyLines(client, edgeLines(works, "citing.n || ' ' || cited.n || ' 1'"), citations);
}

/** A label between quotes, which Pajek cannot escape: they become single quotes, and other white space a space. */
function pajekLabel(text: string): string {
  return text.replaceAll('"', "'").replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ");
}
