import { cpus } from "node:os";

/** `npm run bench -- NAME`: each name is a file of this folder that prints its figures. */
const benchmarks: Record<string, () => Promise<{ run(given: readonly string[]): void | Promise<void> }>> = {
  protocol: () => import("./protocol.ts"),
  ingest: () => import("./ingest.ts"),
  graph: () => import("./graph.ts"),
  soak: () => import("./soak.ts"),
  api: () => import("./api.ts"),
  executor: () => import("./executor.ts"),
  profile: () => import("./profile.ts"),
  telemetry: () => import("./telemetry.ts"),
  explorer: () => import("./explorer.ts"),
  size: () => import("./size.ts"),
  keys: () => import("./keys.ts"),
  export: () => import("./export.ts"),
  attack: () => import("./attack.ts"),
  "large-paper": () => import("./large-paper.ts"),
  "one-more-event": () => import("./one-more-event.ts"),
};

const [name = "", ...given] = process.argv.slice(2);
const load = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
if (load === undefined) {
  console.error(`Usage: npm run bench -- NAME, where NAME is one of: ${Object.keys(benchmarks).join(", ")}`);
  process.exitCode = 2;
} else {
  const [cpu] = cpus();
  console.log(`Node.js ${process.version}, ${process.arch}, ${cpus().length} × ${cpu?.model ?? "unknown"}`);
  await (await load()).run(given);
}
