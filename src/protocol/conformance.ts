import { canonicalJson } from "./canonical-json.ts";
import { decodePublicKey, decodeSignature, digestBytes } from "./ed25519.ts";
import { DocumentError } from "./error-codes.ts";
import { canonicalTextSha256, sha256OfValue, suffixOfDigest } from "./identifiers.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
import { createKeyring, type Keyring, type KeyringEntry } from "./keyring.ts";
import type { MergedState } from "./merged-state.ts";
import { parseJson } from "./parse-json.ts";
import type { Proof } from "./proof.ts";
import { type MergedDocuments, mergeDocuments } from "./verify-document.ts";

/** A requirement on a conforming implementation, and how this implementation's result differs; null if it does not. */
export type ConformanceResult = { readonly name: string; readonly difference: string | null };

/** Maximum depth of a vector file: its own levels come on top of those of a document. */
const vectorDepth = 256;

/**
 * Runs one vector file of the protocol, by its name: `merge-*.json`, `merge-histories.ndjson`, `canonical-json.json`,
 * `canonical-text.json`, `receipts.json`. Null for any other name. Merges are also run with their documents and events
 * in other orders.
 */
export function runVectorFile(name: string, text: string): ConformanceResult[] | null {
  if (name === "merge-histories.ndjson") return runHistories(text);
  if (/^merge-.*\.json$/.test(name)) return runMergeVector(name, parseJson(text, vectorDepth) as JsonObject);
  const runner = listRunners[name];
  if (runner === undefined) return null;
  const items = parseJson(text, vectorDepth) as JsonObject[];
  return items.map((item, index) => ({
    name: `${name} ${index + 1}`,
    difference: attempt(() => runner(item)),
  }));
}

function attempt(run: () => string | null): string | null {
  try {
    return run();
  } catch (error) {
    return `threw ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
  }
}

function differs(what: string, actual: string, expected: string): string | null {
  return actual === expected ? null : `${what}: expected ${shorten(expected)}, got ${shorten(actual)}`;
}

function shorten(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}… (${text.length} characters)` : text;
}

const listRunners: Record<string, (item: JsonObject) => string | null> = {
  "canonical-json.json": (item) => {
    const value = parseJson(item["json"] as string);
    return (
      differs("canonical text", canonicalJson(value), item["canonical"] as string) ??
      differs("SHA-256", sha256OfValue(value), item["sha256"] as string)
    );
  },
  "canonical-text.json": (item) =>
    differs("SHA-256", canonicalTextSha256(item["text"] as string), item["sha256"] as string),
  "receipts.json": (item) => {
    const digest = item["canonical_sha256"] as string;
    const publicKey = item["public_key_b64"] as string;
    const suffix = differs("suffix", suffixOfDigest(digest), item["suffix"] as string);
    if (suffix !== null) return suffix;
    const signature = decodeSignature(item["signature_b64"]);
    if (decodePublicKey(publicKey) === null || signature === null)
      return "key or signature is no base64 of its size";
    const entry = { key_id: "", signer_id: "", signer_type: "", public_key_b64: publicKey, event_types: [] };
    const [key] = createKeyring([entry]).values();
    return key?.verify(digestBytes(digest), signature) ? null : "the receipt does not verify";
  },
};

type Orders = Record<string, <Item>(items: readonly Item[]) => Item[]>;

/** The orders in which each merge is run; all must give the same result. */
const orders: Orders = {
  "as given": (items) => [...items],
  reversed: (items) => items.toReversed(),
  // Every second item first: no two neighbours stay neighbours.
  interleaved: (items) => [
    ...items.filter((_, index) => index % 2 === 1),
    ...items.filter((_, index) => index % 2 === 0),
  ],
};

/** Documents as texts; each bundle that can be parsed has its events in another order. */
function reorder(
  documents: readonly (string | Uint8Array)[],
  order: Orders[string],
): (string | Uint8Array)[] {
  return order(documents).map((text) => {
    let value: JsonValue;
    try {
      value = parseJson(text);
    } catch {
      return text;
    }
    if (!isJsonObject(value) || !Array.isArray(value["events"])) return text;
    return canonicalJson({ ...value, events: order(value["events"]) });
  });
}

function runMergeVector(name: string, vector: JsonObject): ConformanceResult[] {
  const expect = vector["expect"] as JsonObject;
  return Object.entries(orders).map(([orderName, order]) => ({
    name: orderName === "as given" ? name : `${name} (${orderName})`,
    difference: attempt(() => {
      const keyring = createKeyring(vector["keys"] as unknown as KeyringEntry[]);
      const documents = documentsOf(vector);
      const input = orderName === "as given" ? documents : reorder(documents, order);
      let merged: MergedDocuments;
      try {
        merged = mergeDocuments(input, keyring, vector["minimum_proof"] as Proof);
      } catch (error) {
        if (!(error instanceof DocumentError)) throw error;
        return differs("error", error.code, (expect["error"] as string | undefined) ?? "a state");
      }
      if (typeof expect["error"] === "string") return differs("error", "none", expect["error"]);
      return compareMerge(merged, expect);
    }),
  }));
}

function documentsOf(vector: JsonObject): (string | Uint8Array)[] {
  const encoded = vector["documents_base64"];
  if (!Array.isArray(encoded)) return vector["documents"] as string[];
  return encoded.map((text) => Uint8Array.from(atob(text as string), (character) => character.charCodeAt(0)));
}

function compareMerge(merged: MergedDocuments, expect: JsonObject): string | null {
  const [state, ...others] = merged.states.values();
  if (state === undefined || others.length > 0) return `expected one state, got ${merged.states.size}`;
  const proof: Record<string, string> = {};
  for (const [id, { event, status }] of state.events) if (status !== "invalid") proof[id] = event.proof;
  return (
    compareStates(state, expect["state"] as JsonValue) ??
    differs(
      "warnings",
      canonicalJson([...merged.warnings]),
      canonicalJson(expect["warnings"] as JsonValue),
    ) ??
    differs("proof", canonicalJson(proof), canonicalJson(expect["proof"] as JsonValue)) ??
    differs(
      "refused",
      canonicalJson(merged.refused.map((pair) => [...pair])),
      canonicalJson(expect["refused"] as JsonValue),
    )
  );
}

function compareStates(state: MergedState, expected: JsonValue): string | null {
  const text = canonicalJson(expected);
  if (state.text === text) return null;
  const actual = parseJson(state.text, vectorDepth) as JsonObject;
  for (const [key, value] of Object.entries(expected as JsonObject)) {
    if (key === "state_sha256") continue;
    const difference = differs(`state.${key}`, canonicalJson(actual[key] ?? null), canonicalJson(value));
    if (difference !== null) return difference;
  }
  return differs("state", state.text, text);
}

function runHistories(text: string): ConformanceResult[] {
  let keyring: Keyring = new Map();
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .flatMap((line) => {
      const history = parseJson(line, vectorDepth) as JsonObject;
      const keys = history["keys"];
      if (Array.isArray(keys) && keys.length > 0) keyring = createKeyring(keys as unknown as KeyringEntry[]);
      const documents = (history["documents"] as JsonValue[]).map((document) => canonicalJson(document));
      return Object.entries(orders).map(([orderName, order]) => ({
        name: `merge-histories.ndjson ${history["history"]} (${orderName})`,
        difference: attempt(() => {
          const minimumProof = history["minimum_proof"] as Proof;
          const merged = mergeDocuments(reorder(documents, order), keyring, minimumProof);
          const [state] = merged.states.values();
          if (state === undefined) return "no state";
          const count = (what: string, actual: number) =>
            differs(what, String(actual), String(history[what]));
          return (
            count("refused", merged.refused.length) ??
            count("invalid", state.events.size - state.validCount) ??
            count("applied", state.applied.length) ??
            count("equivocations", state.equivocations.length) ??
            differs("state_sha256", state.sha256, history["state_sha256"] as string)
          );
        }),
      }));
    });
}
