import { setTimeout as pause } from "node:timers/promises";
import type { Fault } from "../fault.ts";

/** Resets the mirror's connections to PostgreSQL repeatedly, whatever runs on them. */
export const fault: Fault = {
  name: "database connections reset repeatedly",
  async inject({ databaseProxy }, milliseconds) {
    const end = performance.now() + milliseconds;
    let resets = 0;
    let rounds = 0;
    do {
      // Every second connection, so that mostly one of a batch's two is left.
      for (const [index, connection] of databaseProxy.connections.entries()) {
        if ((index + rounds) % 2 !== 0) continue;
        connection.reset();
        resets++;
      }
      rounds++;
      await pause(250);
    } while (performance.now() < end || resets === 0);
    return `${resets} connections reset in ${rounds} rounds`;
  },
};
