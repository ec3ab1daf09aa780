import { setTimeout as pause } from "node:timers/promises";
import type { Fault } from "../fault.ts";

/** Drops all bytes between the mirror and PostgreSQL without ending a connection. Connections open then stay dead. */
export const fault: Fault = {
  name: "database connections dead",
  async inject({ databaseProxy }, milliseconds) {
    const dropped = databaseProxy.blackHole();
    await pause(milliseconds);
    const added = databaseProxy.accept();
    if (dropped === 0) throw new Error("There was no connection to drop.");
    return `${dropped} connections dropped silently, and ${added} new ones`;
  },
};
