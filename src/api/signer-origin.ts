import { createKeyring, fingerprintOf, type Keyring, registryKey } from "../protocol/index.ts";

/** How this mirror knows a signer's key. */
export type SignerOrigin = "registry" | "configured" | "sample" | "unknown";

/** The key of sample/keyring.json. Its private key is published, so it is never more than a demo. */
export const sampleKeyFingerprint = "26a6ed5d67f72c646dc1433742e4fcd5";

const registryFingerprint = fingerprintOf(Buffer.from(registryKey.public_key_b64, "base64"));

/** Only the registry's key. */
export const builtInKeyring: Keyring = createKeyring([registryKey]);

export function originOf(fingerprint: string, keyring: Keyring): SignerOrigin {
  if (fingerprint === sampleKeyFingerprint) return "sample";
  if (fingerprint === registryFingerprint) return "registry";
  return keyring.has(fingerprint) ? "configured" : "unknown";
}
