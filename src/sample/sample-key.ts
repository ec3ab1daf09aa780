import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { fingerprintOf, type KeyringEntry, type Signer } from "../protocol/index.ts";

/**
 * The sample's own key. Its secret is the SHA-256 of this published text, so that everyone gets the same bytes: a
 * signature by it proves only that the sample is complete. It is not a key of the registry and belongs only in the
 * keyring of a sample or demonstration.
 */
const publishedSecret = "pith-graph sample key: published, so it proves nothing";

const secret = createHash("sha256").update(publishedSecret).digest("hex");

// PKCS #8 prefix of an Ed25519 secret (RFC 8410), the only form in which node:crypto reads a raw one.
const privateKey = createPrivateKey({
  key: Buffer.from(`302e020100300506032b657004220420${secret}`, "hex"),
  format: "der",
  type: "pkcs8",
});

// The raw key is the last 32 bytes of its SubjectPublicKeyInfo.
const publicKey = createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(-32);

/** The key's entry in `sample/keyring.json`. */
export const sampleKey: KeyringEntry = {
  key_id: "pith-graph-sample",
  signer_id: "sample.pith-graph.invalid",
  signer_type: "sample",
  public_key_b64: publicKey.toString("base64"),
  event_types: ["record_created", "graph_snapshot"],
};

export const sampleSigner: Signer = {
  key_id: sampleKey.key_id,
  public_key_fingerprint: fingerprintOf(publicKey),
  signer_id: sampleKey.signer_id,
  signer_type: sampleKey.signer_type,
};

/** Base64 of the Ed25519 signature over the 32 bytes of a hex digest. Deterministic, as Ed25519 is. */
export function signDigest(hexDigest: string): string {
  return sign(null, Buffer.from(hexDigest, "hex"), privateKey).toString("base64");
}
