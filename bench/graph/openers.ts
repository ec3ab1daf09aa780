import type { Engine, EngineName, Site } from "./engine.ts";

/** Loads only the engine that is opened. */
export const openers: Readonly<Record<EngineName, () => Promise<(site: Site) => Promise<Engine>>>> = {
  "pith-graph": async () => (await import("./engines/memory.ts")).openMemory,
  SQL: async () => (await import("./engines/sql.ts")).openSql,
  graphology: async () => (await import("./engines/graphology.ts")).openGraphology,
  kuzu: async () => (await import("./engines/kuzu.ts")).openKuzu,
};
