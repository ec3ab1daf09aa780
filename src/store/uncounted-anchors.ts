import type { Statements } from "./transaction.ts";

/**
 * What writers changed that do not keep `works.anchored_work_count`: those of versions before migration 0010, which may
 * go on while they are replaced. They count positions of the graph's feed as all do, but not those up to which anchors
 * are counted.
 */
export type Uncounted = {
  /** The positions concerned come after this one, */
  readonly after: bigint;
  /** and end with this one. */
  readonly until: bigint;
  /** The last position of all. */
  readonly position: bigint;
};

/** Of the two positions, what is known. */
export type PositionRow = {
  readonly name: "graph_position" | "counted_graph_position";
  readonly value: string;
};

/** `own` is how many positions, the last ones, are of who asks, and counts. */
export function uncountedIn(rows: readonly PositionRow[], own = 0n): Uncounted | null {
  const positionOf = (name: PositionRow["name"]) => BigInt(rows.find((row) => row.name === name)?.value ?? 0);
  const position = positionOf("graph_position");
  const counted = positionOf("counted_graph_position");
  return counted === position ? null : { after: counted - own, until: position - own, position };
}

/** What is left to be counted, where nothing is being written. */
export async function readUncounted(client: Statements): Promise<Uncounted | null> {
  const { rows } = await client.query<PositionRow>(
    "SELECT name, value FROM totals WHERE name IN ('graph_position', 'counted_graph_position')",
  );
  return uncountedIn(rows);
}

/** Notes that the anchors of all works are counted, up to a position. */
export async function noteCounted(client: Statements, position: bigint): Promise<void> {
  await client.query(
    `INSERT INTO totals (name, value) VALUES ('counted_graph_position', $1)
     ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
    [position.toString()],
  );
}
