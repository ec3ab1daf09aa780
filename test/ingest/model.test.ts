import { afterAll, beforeAll, expect, test } from "vitest";
import { parseAndVerify, type VerifiedDocument } from "../../src/ingest/index.ts";
import { ingestVerified } from "../../src/ingest/pipeline.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { isLong } from "../long.ts";
import { keyring } from "../protocol/signed-events.ts";
import { modelOf } from "./model.ts";
import { randomFrom } from "./random.ts";
import { clearTables, readTables, tableNames } from "./tables.ts";
import { type WorldDocument, worldOf } from "./world.ts";

/** Seeds that found a bug once. */
const onceFailed: readonly number[] = [158042368, 158057080, 158062263, 158069217, 767767232];

/** Other worlds, from a seed of this run. PITH_SEED runs a single seed, PITH_WORLDS sets the number of worlds. */
const given = process.env["PITH_SEED"];
const first = given === undefined ? Date.now() % 2 ** 31 : Number(given);
const worlds = given === undefined ? Number(process.env["PITH_WORLDS"] ?? (isLong ? 200 : 8)) : 1;

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

function verifiedDocumentOf({ text, minimumProof }: WorldDocument): VerifiedDocument {
  const result = parseAndVerify(
    { source: "world", bytes: Buffer.from(text) },
    { keyring, minimumProof, maximumBytes: 1e9 },
  );
  if ("code" in result) throw new Error(`${result.code}: ${result.message}`);
  return result;
}

/**
 * Ingests a world in an order, in batches and by one or several writers that the seed decides. Compares the tables with
 * the model once on the way and at the end.
 */
async function checkWorld(seed: number): Promise<void> {
  await clearTables(database);
  const random = randomFrom(seed ^ 0x5eed);
  const world = worldOf(seed);
  const repeated = [...world, ...world.filter(() => random.chance(0.2))];
  const batches = random.split(random.shuffle(repeated), random.pick([1, 4, 12, 40]));
  const rounds = random.split(batches, random.pick([1, 1, 4]));
  const looks = new Set([random.below(rounds.length), rounds.length - 1]);
  const soFar: WorldDocument[] = [];
  for (const [index, round] of rounds.entries()) {
    soFar.push(...round.flat());
    await Promise.all(round.map((batch) => ingestVerified(database, batch.map(verifiedDocumentOf))));
    if (!looks.has(index) && given === undefined) continue;
    const actual = await readTables(database);
    const wanted = modelOf(soFar, keyring);
    for (const table of tableNames) {
      expect(actual[table], `seed ${seed}, round ${index + 1} of ${rounds.length}: ${table}`).toEqual(
        wanted[table],
      );
    }
  }
}

test.each(onceFailed)("the tables equal the model's for seed %i, which once failed", checkWorld);

test(`the tables equal the model's for ${worlds} random histories from seed ${first}`, async () => {
  for (let seed = first; seed < first + worlds; seed++) await checkWorld(seed);
});
