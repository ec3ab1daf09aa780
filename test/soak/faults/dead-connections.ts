import { setTimeout as pause } from "node:timers/promises";
import type { Fault } from "../fault.ts";

/** Drops all bytes between the mirror and PostgreSQL without ending a connection; those that were open stay dead. */
export const fault: Fault = {
  name: "database connections dead",
  async inject({ databaseProxy }, milliseconds) {
    const dropped = databaseProxy.blackHole();
    await pause(milliseconds);
    const came = databaseProxy.accept();
    if (dropped === 0) throw new Error("There was no connection to drop.");
    return `${dropped} connections dropped without a word, ${came} came meanwhile and were dropped as well`;
  },
};
