import {
  appendChanges,
  appendGraphReset,
  beginWriteTransaction,
  clearRebuildDue,
  type Database,
  inTransactionOn,
  type QueryClient,
} from "../store/index.ts";
import { derivedTables, type MaintenanceOptions, shadowSchema, withShadow } from "./shadow.ts";

/** The number of rows that a rebuild removed and added. */
type RebuildReport = {
  readonly removed: number;
  readonly written: number;
  /** Events that were in the log and that the keyring no longer accepts. */
  readonly droppedEvents: number;
};

type RebuildOptions = MaintenanceOptions & {
  /** Whether events that the keyring no longer accepts may be removed from the log. Defaults to true. */
  readonly mayDropEvents?: boolean;
};

/** A rebuild would remove events from the log, which was not permitted. Nothing has been changed. */
export class WouldDropEventsError extends Error {
  override readonly name = "WouldDropEventsError";
  readonly events: number;

  constructor(events: number) {
    super(`This keyring rejects ${events} ${events === 1 ? "event" : "events"} of the log.`);
    this.events = events;
  }
}

/**
 * Recreates all derived tables from the log, verified with the current keyring. New rows replace the old ones in one
 * transaction, so readers see either all old or all new rows; rows that are already correct are not touched.
 *
 * Rejects with WouldDropEventsError if events would be removed from the log and that is not permitted.
 */
export function rebuildTables(database: Database, options: RebuildOptions): Promise<RebuildReport> {
  return withShadow(database, options, async (client) => {
    const droppedEvents = await countDroppedEvents(client);
    if (options.mayDropEvents === false && droppedEvents > 0) throw new WouldDropEventsError(droppedEvents);
    return inTransactionOn(client, beginWriteTransaction, async (writer) => {
      const changed = await changedStates(writer);
      let removed = 0;
      let written = 0;
      for (const { name, key } of derivedTables) {
        const same = key.map((k) => `old."${k}" = new."${k}"`).join(" AND ");
        const deleted = await writer.query(
          `DELETE FROM public."${name}" AS old
           WHERE NOT EXISTS (SELECT FROM ${shadowSchema}."${name}" AS new WHERE ${same} AND old IS NOT DISTINCT FROM new)`,
        );
        const inserted = await writer.query(
          `INSERT INTO public."${name}" SELECT new.* FROM ${shadowSchema}."${name}" AS new
           WHERE NOT EXISTS (SELECT FROM public."${name}" AS old WHERE ${same})`,
        );
        removed += deleted.rowCount ?? 0;
        written += inserted.rowCount ?? 0;
      }
      // Quarantine keeps the events that the keyring no longer accepts, with the reason.
      await writer.query(
        `INSERT INTO public.quarantine SELECT * FROM ${shadowSchema}.quarantine ON CONFLICT DO NOTHING`,
      );
      const now = new Date().toISOString();
      await appendChanges(writer, changed, now);
      await appendGraphReset(writer, now);
      await clearRebuildDue(writer);
      return { removed, written, droppedEvents };
    });
  });
}

async function countDroppedEvents(client: QueryClient): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM public.events AS old
     WHERE NOT EXISTS (SELECT FROM ${shadowSchema}.events AS new
                       WHERE new.paper_id = old.paper_id AND new.event_id = old.event_id)`,
  );
  return rows[0]?.count ?? 0;
}

/** Papers whose state differs under the current keyring: the changes to record in the feed. */
async function changedStates(client: QueryClient): Promise<Parameters<typeof appendChanges>[1]> {
  const { rows } = await client.query<{
    paper_id: string;
    pith_number: string;
    before: string;
    after: string;
  }>(
    `SELECT new.paper_id, new.pith_number, encode(old.state_sha256, 'hex') AS before,
            encode(new.state_sha256, 'hex') AS after
     FROM ${shadowSchema}.records AS new JOIN public.records AS old USING (paper_id)
     WHERE old.state_sha256 <> new.state_sha256 ORDER BY new.paper_id`,
  );
  return rows.map((row) => ({
    paperId: BigInt(row.paper_id),
    pithNumber: row.pith_number,
    before: row.before,
    after: row.after,
  }));
}
