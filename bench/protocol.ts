import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  canonicalJson,
  cryptography,
  type JsonObject,
  type JsonValue,
  mergeDocuments,
  mergeVerified,
  type Proof,
  parseDocument,
  parseJson,
  portableCryptography,
  sha256OfValue,
  verifyDocument,
} from "../src/protocol/index.ts";
import {
  bundleOf,
  keyring,
  receiptOf,
  recordDigest,
  registry,
  signedEvent,
} from "../test/protocol/signed-events.ts";
import { lastResult, measure } from "./measure.ts";

/** The number of references of arXiv 2302.12192; the registry publishes a sample of 5. */
const referenceCount = 26;
/** Two events, and the receipt in one of them. */
const signatureCount = 3;
const minimumProof: Proof = "signed";

/** A bundle like the registry's state of arXiv 2302.12192, signed with a test key. */
function typicalBundle(): Uint8Array {
  const path = new URL("../test/data/pith-2302.12192.state.json", import.meta.url);
  const state = parseJson(readFileSync(path, "utf8")) as JsonObject;
  const current = state["current"] as JsonObject;
  const published = current["record_created"] as { payload: JsonObject } & JsonObject;
  const [entry] = current["graph_snapshots"] as [{ payload: { graph_snapshot: JsonObject } } & JsonObject];
  const { graph_snapshot: snapshot } = entry.payload;
  const references = snapshot["references"] as { sample: JsonObject[] } & JsonObject;
  const sample: JsonValue[] = Array.from({ length: referenceCount }, (_, index) => ({
    ...references.sample[index % references.sample.length],
    ref_index: index + 1,
    work_id: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
  }));
  const digest = published.payload["canonical_sha256"] as string;
  const receipt = { ...(published.payload["receipt"] as JsonObject), ...receiptOf(registry, digest) };
  const subject_pith_number = state["pith_number"] as string;
  const events = [
    signedEvent(registry, {
      event_type: "record_created",
      subject_pith_number,
      payload: { ...published.payload, receipt },
    }),
    signedEvent(registry, {
      event_type: "graph_snapshot",
      subject_pith_number,
      payload: {
        ...entry.payload,
        graph_snapshot: {
          ...snapshot,
          references: { ...references, sample, snapshot_sha256: sha256OfValue({ payload: sample }) },
        },
      },
    }),
  ];
  const document = {
    ...bundleOf(events, current["source_aliases"] as JsonValue[]),
    pith_number: subject_pith_number,
    canonical_record: published.payload["canonical_record"] as JsonValue,
    canonical_sha256: digest,
  };
  // In the order in which members were added: a registry does not sort them.
  return new TextEncoder().encode(JSON.stringify(document));
}

/** Prints the cost of verifying and merging, and its ratio to that of the signatures alone. */
export function run(): void {
  const bytes = typicalBundle();
  const text = new TextDecoder().decode(bytes);
  const { states, refused, warnings } = mergeDocuments([bytes], keyring, minimumProof);
  const [merged] = states.values();
  if (merged === undefined || merged.validCount !== 2 || refused.length + warnings.length > 0) {
    throw new Error(`The bundle of the benchmark must merge without fault: ${refused} ${warnings}`);
  }

  const publicKey = Uint8Array.from(Buffer.from(registry.public_key_b64, "base64"));
  const message = Uint8Array.from(Buffer.from(recordDigest, "hex"));
  const signature = Uint8Array.from(Buffer.from(receiptOf(registry)["signature_b64"] as string, "base64"));
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), publicKey]);
  const key = createPublicKey({ key: der, format: "der", type: "spki" });
  const portable = portableCryptography.verifier(publicKey);
  const value = parseJson(bytes);
  const judged = verifyDocument(parseDocument(bytes), keyring, minimumProof);

  const { times, ratio } = measure({
    verifyByNode: () => verify(null, message, key, signature),
    document: () => mergeDocuments([bytes], keyring, minimumProof),
    hash: () => cryptography.sha256Text(text),
    jsonParse: () => JSON.parse(text),
    parse: () => parseJson(bytes),
    canon: () => canonicalJson(value),
    read: () => parseDocument(bytes),
    judge: () => verifyDocument(parseDocument(bytes), keyring, minimumProof),
    merge: () => mergeVerified(merged.pithNumber, [judged]),
  });
  // Measured separately: a call takes as long as a hundred of the others.
  const { verifyPortably } = measure({ verifyPortably: () => portable(message, signature) }, 5).times;
  if (lastResult() !== true) throw new Error("The signature of the benchmark must verify.");

  const perSecond = (microseconds: number) => Math.round(1e6 / microseconds).toLocaleString("en-US");
  const speed = (microseconds: number) => `${Math.round(bytes.length / microseconds)} MB/s`;
  const signatures = signatureCount * times.verifyByNode;
  const rows: [what: string, figure: string][] = [
    ["Ed25519, node:crypto", `${perSecond(times.verifyByNode)} signatures/s`],
    ["Ed25519, portable (@noble)", `${perSecond(verifyPortably)} signatures/s`],
    ["  node:crypto / portable", `${(verifyPortably / times.verifyByNode).toFixed(1)} ×`],
    ["SHA-256", speed(times.hash)],
    ["JSON.parse", speed(times.jsonParse)],
    ["parse without loss, from bytes", speed(times.parse)],
    ["  of JSON.parse alone", percent(ratio("jsonParse", "parse"))],
    ["canonical text of a parsed value", speed(times.canon)],
    ["parse and canonical text", speed(times.parse + times.canon)],
    ["documents verified and merged", `${perSecond(times.document)} /s a core`],
    ["  signatures alone would allow", `${perSecond(signatures)} /s a core`],
    ["  share of that", percent(signatureCount * ratio("verifyByNode", "document"))],
  ];
  console.log(
    `One bundle: ${bytes.length} bytes, ${referenceCount} references, ${signatureCount} signatures. Medians.\n`,
  );
  for (const [what, figure] of rows) console.log(`${what.padEnd(36)}${figure.padStart(24)}`);

  console.log(`\nWhere the ${times.document.toFixed(0)} µs of a document go`);
  const parts: [what: string, microseconds: number][] = [
    [`${signatureCount} signatures`, signatures],
    ["parsing", times.parse],
    ["reading the document", times.read - times.parse],
    ["judging its events, less the signatures", times.judge - times.read - signatures],
    ["merging, and the state's text", times.merge],
  ];
  for (const [what, microseconds] of parts) {
    const share = percent(microseconds / times.document);
    console.log(`  ${what.padEnd(42)}${microseconds.toFixed(1).padStart(7)} µs ${share.padStart(6)}`);
  }
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(0)} %`;
}
