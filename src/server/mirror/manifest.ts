import { fingerprintOf, mergeVersion, registryKey } from "../../protocol/index.ts";

/** `/pith-mirrors.json`: where this mirror's documents are, in the form of PROTOCOL section 8. */
export function manifestOf(baseUrl: string, generatedAt: string) {
  const publicKey = Buffer.from(registryKey.public_key_b64, "base64");
  return {
    manifest_type: "pith_mirror_manifest",
    manifest_version: "1.0",
    generated_at: generatedAt,
    merge_version: mergeVersion,
    mirrors: [
      {
        name: new URL(baseUrl).host,
        mirror_type: new URL(baseUrl).protocol.slice(0, -1),
        base_url: baseUrl,
        bundle_pattern: `${baseUrl}/pith/{suffix}/bundle.json`,
        state_pattern: `${baseUrl}/pith/{suffix}/state.json`,
        well_known_pattern: `${baseUrl}/.well-known/pith/{suffix}/bundle.json`,
        public_key: {
          key_id: registryKey.key_id,
          algorithm: "ed25519",
          format: "raw",
          public_key_b64: registryKey.public_key_b64,
          public_key_hex: publicKey.toString("hex"),
          fingerprint_sha256_hex: fingerprintOf(publicKey),
          rotates_at: null,
        },
        status: "mirror",
      },
    ],
    notes:
      "Any conforming mirror may host the same bundles. Current state is computed by deterministic merge, not by trusting this manifest.",
  };
}
