import type { Database } from "../../store/database.ts";
import type { PaperStates } from "../../store/states/index.ts";
import type { KeptRows } from "./kept-rows.ts";

/** What loaders read from: the database, and the rows of it that are kept in memory. */
export type Rows = Pick<Database, "db" | "pool"> & {
  /** Absent where nothing is kept. */
  readonly kept?: KeptRows | undefined;
  /** Makes the states of papers. Defaults to one of its own. */
  readonly states?: PaperStates;
};
