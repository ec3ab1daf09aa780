import { setTimeout as pause } from "node:timers/promises";
import type { Fault } from "../fault.ts";

/** Reading sessions of the mirror, in SQL: the second connection of a batch, and those of the API. */
const readers = `SELECT pid, state = 'active' AS is_active FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = 'pith-graph' AND pid <> pg_backend_pid()
    AND backend_xid IS NULL AND query ~ '^\\s*(SELECT|select|WITH|with|SET LOCAL enable_seqscan)'`;

/** Terminates reading sessions, like an administrator or a server out of memory. */
export const fault: Fault = {
  name: "readers killed",
  async inject({ mirror }, milliseconds) {
    const end = performance.now() + milliseconds;
    let killed = 0;
    let active = 0;
    do {
      const { rows } = await mirror.database.pool.query<{ is_active: boolean; ended: boolean }>(
        `SELECT is_active, pg_terminate_backend(pid) AS ended FROM (${readers}) AS readers`,
      );
      const ended = rows.filter((row) => row.ended);
      killed += ended.length;
      active += ended.filter((row) => row.is_active).length;
      await pause(20);
    } while (performance.now() < end || killed === 0);
    return `${killed} sessions ended, ${active} of them in the middle of a statement`;
  },
};
