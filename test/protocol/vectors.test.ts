import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  canonicalJson,
  createKeyring,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type KeyringEntry,
  mergeDocuments,
  type Proof,
  parseJson,
  runVectorFile,
} from "../../src/protocol/index.ts";
import { shuffled, stateLists, withStateSha256 } from "./signed-events.ts";

const folder = new URL("../vectors/", import.meta.url);
const files = readdirSync(folder).filter((name) => name !== "test-keys.json");

function readVector(name: string): string {
  return readFileSync(new URL(name, folder), "utf8");
}

describe("every vector, byte for byte", () => {
  test("the folder holds the vectors that the protocol names", () => {
    expect(files.length).toBeGreaterThan(70);
    expect(files).toEqual(
      expect.arrayContaining([
        "canonical-json.json",
        "canonical-text.json",
        "merge-histories.ndjson",
        "receipts.json",
      ]),
    );
  });

  test.each(files)("%s", (name) => {
    const results = runVectorFile(name, readVector(name));
    // Null would mean that nothing ran.
    expect(results).not.toBeNull();
    expect(results?.length).toBeGreaterThan(0);
    expect(results?.filter(({ difference }) => difference !== null)).toEqual([]);
  });

  test("a vector that differs is reported as such", () => {
    const name = "merge-bundle-signed.json";
    const wrong = readVector(name).replace('"valid_event_count": 2', '"valid_event_count": 3');
    const results = runVectorFile(name, wrong) ?? [];
    expect(results.map(({ difference }) => difference)).toEqual(
      results.map(() => expect.stringContaining("valid_event_count")),
    );
    expect(runVectorFile("readme.json", "{}")).toBeNull();
  });
});

/** A document with its events, or the lists of its state, in another order; null where it cannot be read. */
function shuffleDocument(text: string, seed: number): string | null {
  let document: JsonValue;
  try {
    document = parseJson(text);
  } catch {
    return null;
  }
  if (!isJsonObject(document)) return null;
  const result: JsonObject = { ...document };
  const { events, source_aliases: aliases, current } = document;
  if (Array.isArray(events)) result["events"] = shuffled(events, seed);
  if (Array.isArray(aliases)) result["source_aliases"] = shuffled(aliases, seed);
  if (!isJsonObject(current)) return canonicalJson(result);
  const lists: JsonObject = { ...current };
  for (const name of stateLists) {
    const list = current[name];
    if (Array.isArray(list)) lists[name] = shuffled(list, seed);
  }
  return canonicalJson(withStateSha256({ ...result, current: lists }));
}

const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

describe("merge vectors in seeded orders", () => {
  const vectors = files
    .filter((name) => /^merge-.*\.json$/.test(name))
    .map((name) => [name, parseJson(readVector(name), 256) as JsonObject] as const)
    // Vectors that expect an error expect it of one document; nothing there is merged.
    .filter(([, vector]) => isJsonObject((vector["expect"] as JsonObject)["state"]));

  test.each(vectors)("%s", (_, vector) => {
    const keyring = createKeyring(vector["keys"] as unknown as KeyringEntry[]);
    const expected = vector["expect"] as JsonObject;
    const texts =
      (vector["documents"] as string[] | undefined) ??
      (vector["documents_base64"] as string[]).map((text) => Buffer.from(text, "base64").toString());
    for (const seed of seeds) {
      const documents = shuffled(texts, seed).map((text) => shuffleDocument(text, seed));
      expect(documents).not.toContain(null);
      const merged = mergeDocuments(documents as string[], keyring, vector["minimum_proof"] as Proof);
      const states = [...merged.states.values()];
      expect(states.map(({ text }) => text)).toEqual([canonicalJson(expected["state"] as JsonValue)]);
      expect(merged.warnings).toEqual(expected["warnings"]);
      expect(merged.refused).toEqual(expected["refused"]);
      const proofs = [...(states[0]?.events.values() ?? [])]
        .filter(({ status }) => status !== "invalid")
        .map(({ event }) => [event.id, event.proof]);
      expect(Object.fromEntries(proofs)).toEqual(expected["proof"]);
    }
  });

  test("there are vectors to shuffle", () => {
    expect(vectors.length).toBeGreaterThan(50);
  });
});
