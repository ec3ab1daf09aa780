import { historicTotals } from "../care/shadow.ts";

/** A table that a backup holds. */
export type KeptTable = {
  readonly name: string;
  /** Which of its rows: all unless told. In SQL. */
  readonly where?: string;
};

/** The settings that a backup holds. */
export const isKeptSetting = "name <> 'distributed'";

/**
 * What is in no other place: the log, its feed, and what is a mirror's own. All other tables follow from these
 * (`rebuild`).
 */
export const keptTables: readonly KeptTable[] = [
  { name: "records" },
  { name: "events" },
  { name: "published_states" },
  { name: "changes" },
  // Counts of rows follow from the log; how far positions have come does not.
  {
    name: "totals",
    where: `name IN ${historicTotals}`,
  },
  { name: "quarantine" },
  { name: "submissions" },
  { name: "followed_mirrors" },
  { name: "outstanding_papers" },
  // How the tables lie is of this database: a restored one says that of itself.
  { name: "settings", where: isKeptSetting },
];

/** The first line of a backup, a comment to SQL, and its last: a file without it was cut short. */
export const backupHead = "-- pith-graph backup 1";
export const backupEnd = "-- end of the backup";
