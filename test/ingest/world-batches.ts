import { parseAndVerify, type VerifiedDocument } from "../../src/ingest/index.ts";
import { keyring } from "../protocol/signed-events.ts";
import { randomFrom } from "./random.ts";
import { type WorldDocument, worldOf } from "./world.ts";

export function verifiedDocumentOf({ text, minimumProof }: WorldDocument): VerifiedDocument {
  const options = { keyring, minimumProof, maximumBytes: 1e9 };
  const result = parseAndVerify({ source: "world", bytes: Buffer.from(text) }, options);
  if ("code" in result) throw new Error(`${result.code}: ${result.message}`);
  return result;
}

/** The documents of a world in random batches, some of them twice. */
export function batchesOf(seed: number): VerifiedDocument[][] {
  const random = randomFrom(seed);
  const world = worldOf(seed);
  const repeated = [...world, ...world.filter(() => random.chance(0.2))];
  return random
    .split(random.shuffle(repeated), random.pick([4, 12, 40]))
    .map((batch) => batch.map(verifiedDocumentOf));
}
