import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import pg from "pg";
import { buildIfNeeded } from "../bin/build.js";
import { defaultQueryLimits } from "../src/api/execution/query-limits.ts";
import { startAttackedServer } from "./attack/attacked-server.ts";
import { readTargets, withAttackedData } from "./attack/data.ts";
import { measureAttack, printAttack, printHeader } from "./attack/measure.ts";
import { knownAttacks } from "./attack/queries.ts";
import { measureReaders } from "./attack/readers.ts";
import { walkedAttacks } from "./attack/walk-schema.ts";
import { randomOf } from "./graph/random.ts";

/**
 * `npm run bench -- attack [--database URL] [--walks 50] [--seed 1] [--only TEXT] [--part queries|readers]`: the most
 * expensive queries that are accepted, one after the other, with their effects on the process; then ordinary readers
 * alone, and beside such queries.
 */
export async function run(given: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...given],
    options: {
      database: { type: "string" },
      walks: { type: "string", default: "50" },
      seed: { type: "string", default: "1" },
      only: { type: "string", default: "" },
      part: { type: "string" },
    },
  });
  await buildIfNeeded();
  const attack = async (url: string) => {
    const folder = mkdtempSync(join(tmpdir(), "pith-graph-attack-"));
    const pool = new pg.Pool({ connectionString: url, max: 1 });
    const targets = await readTargets(pool);
    await pool.end();
    const known = knownAttacks(targets);
    const walked = walkedAttacks(
      Number(values.walks),
      randomOf(Number(values.seed)),
      targets,
      defaultQueryLimits.cost,
    );
    const server = await startAttackedServer(url, folder);
    try {
      if (values.part !== "readers") {
        printHeader();
        for (const each of [...known, ...walked]) {
          if (!each.name.includes(values.only)) continue;
          printAttack(each, await measureAttack(server, each));
        }
      }
      if (values.part !== "queries") await measureReaders(server, targets, known);
    } finally {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  };
  if (values.database === undefined) await withAttackedData(attack);
  else await attack(values.database);
}
