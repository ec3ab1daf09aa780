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
import { referenceMerge } from "./reference-merge.ts";
import { shuffled, stateLists, withStateSha256 } from "./signed-events.ts";

const folder = new URL("../vectors/", import.meta.url);
const files = readdirSync(folder).filter((name) => name !== "test-keys.json");

function readVector(name: string): string {
  return readFileSync(new URL(name, folder), "utf8");
}

describe("runVectorFile", () => {
  test("finds more than 70 files of vectors, with those that the protocol names", () => {
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

  test.each(files)("reproduces %s byte for byte", (name) => {
    const results = runVectorFile(name, readVector(name));
    // Null would mean that nothing ran.
    expect(results).not.toBeNull();
    expect(results?.length).toBeGreaterThan(0);
    expect(results?.filter(({ difference }) => difference !== null)).toEqual([]);
  });

  test("reports the difference of a wrong vector, and returns null for other files", () => {
    const name = "merge-bundle-signed.json";
    const wrong = readVector(name).replace('"valid_event_count": 2', '"valid_event_count": 3');
    const results = runVectorFile(name, wrong) ?? [];
    expect(results.map(({ difference }) => difference)).toEqual(
      results.map(() => expect.stringContaining("valid_event_count")),
    );
    expect(runVectorFile("readme.json", "{}")).toBeNull();
  });
});

/** A document with its events, or the lists of its state, in another order; null if it cannot be read. */
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

describe("the reference model of the tests", () => {
  const rank = (proof: JsonValue | undefined) => ["hash", "receipt", "signed"].indexOf(proof as string);
  const merge = (
    documents: readonly JsonValue[],
    keys: readonly KeyringEntry[],
    proof: JsonValue | undefined,
  ) =>
    referenceMerge(
      documents.map((document) => ({ document, minimum: rank(proof) })),
      keys,
    );

  test("gives the results of the merge vectors", () => {
    let compared = 0;
    for (const name of files.filter((file) => /^merge-.*\.json$/.test(file))) {
      const { expect: expected, ...vector } = parseJson(readVector(name), 256) as JsonObject & {
        expect: JsonObject;
      };
      const documents = documentsOf(vector).flatMap((text) => {
        try {
          return [parseJson(text)];
        } catch {
          return []; // The model reads values, not texts.
        }
      });
      if (documents.length === 0) continue;
      const merged = merge(documents, vector["keys"] as unknown as KeyringEntry[], vector["minimum_proof"]);
      compared++;
      if (typeof merged === "string") {
        expect([name, { error: merged }]).toEqual([name, expected]);
        continue;
      }
      const { state, warnings, refused } = merged;
      const proofs = Object.entries((expected["proof"] ?? {}) as JsonObject);
      const proof = Object.fromEntries(proofs.map(([id, value]) => [id, rank(value)]));
      expect([name, { ...expected, proof }]).toEqual([
        name,
        { state, warnings, refused, proof: merged.proof },
      ]);
    }
    expect(compared).toBeGreaterThan(150);
  });

  test("gives the states of the vectors of histories", () => {
    let keys: KeyringEntry[] = [];
    const lines = readVector("merge-histories.ndjson").trim().split("\n");
    for (const line of lines) {
      const history = parseJson(line, 256) as JsonObject & { keys?: unknown; documents: JsonValue[] };
      if (Array.isArray(history.keys)) keys = history.keys as unknown as KeyringEntry[];
      const merged = merge(history.documents, keys, history["minimum_proof"]);
      const sha256 = typeof merged === "string" ? merged : merged.state["state_sha256"];
      expect([history["history"], sha256]).toEqual([history["history"], history["state_sha256"]]);
    }
  });
});

function documentsOf(vector: JsonObject): string[] {
  return (
    (vector["documents"] as string[] | undefined) ??
    (vector["documents_base64"] as string[]).map((text) => Buffer.from(text, "base64").toString())
  );
}

describe("mergeDocuments in eight seeded orders", () => {
  const vectors = files
    .filter((name) => /^merge-.*\.json$/.test(name))
    .map((name) => [name, parseJson(readVector(name), 256) as JsonObject] as const)
    // Vectors that expect an error merge nothing.
    .filter(([, vector]) => isJsonObject((vector["expect"] as JsonObject)["state"]));

  test.each(vectors)("gives the result of %s", (_, vector) => {
    const keyring = createKeyring(vector["keys"] as unknown as KeyringEntry[]);
    const expected = vector["expect"] as JsonObject;
    const texts = documentsOf(vector);
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

  test("has more than 50 vectors", () => {
    expect(vectors.length).toBeGreaterThan(50);
  });
});
