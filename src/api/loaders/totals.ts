import { sql } from "drizzle-orm";
import type { Database } from "../../store/database.ts";
import { type TotalName, totals } from "../../store/tables/index.ts";
import type { Batches, RowLoader } from "./batch.ts";

export type TotalLoaders = {
  /** A kept total; 0 where none is kept yet. */
  readonly total: RowLoader<TotalName, number>;
};

export function prepareTotalLoaders({ db }: Pick<Database, "db">): (batches: Batches) => TotalLoaders {
  const byNames = db
    .select()
    .from(totals)
    .where(sql`${totals.name} = ANY(${sql.placeholder("names")}::text[])`)
    .prepare("api_totals");
  return (batches) => ({
    total: batches.loader(async (names) => {
      const rows = await byNames.execute({ names });
      return new Map(rows.map((row) => [row.name, row.value]));
    }, 0),
  });
}
