import type { Database } from "../../store/database.ts";
import type { KeptRows } from "./kept-rows.ts";

/** What loaders read from: the database, and the rows of it that are kept in memory. */
export type Rows = Pick<Database, "db" | "pool"> & {
  /** Absent where nothing is kept. */
  readonly kept?: KeptRows | undefined;
};
