import type { UrlPolicy } from "./url-policy.ts";

/** Where the bundle of a suffix is. */
export type BundleAddress = (suffix: string) => URL;

const place = "{suffix}";

/** PROTOCOL section 8's route, below a base URL without a `/` at its end. */
export function routeAddress(baseUrl: string): BundleAddress {
  return (suffix) => new URL(`${baseUrl}/pith/${suffix}/bundle.json`);
}

/**
 * The `bundle_pattern` of a manifest: the first that is on the base URL's own origin or on an allowed host. Null
 * where there is none: a manifest is somebody's word, and must not send us elsewhere.
 */
export function manifestAddress(bytes: Uint8Array, baseUrl: string, policy: UrlPolicy): BundleAddress | null {
  const { origin } = new URL(baseUrl);
  for (const pattern of patternsOf(bytes)) {
    const parts = pattern.split(place);
    if (parts.length !== 2 || !URL.canParse(parts.join("A"), `${baseUrl}/`)) continue;
    const url = new URL(parts.join("A"), `${baseUrl}/`);
    if (url.origin !== origin && !policy.isAllowed(url)) continue;
    return (suffix) => new URL(parts.join(suffix), `${baseUrl}/`);
  }
  return null;
}

function patternsOf(bytes: Uint8Array): string[] {
  try {
    const manifest = JSON.parse(Buffer.from(bytes).toString());
    if (manifest?.manifest_type !== "pith_mirror_manifest" || !Array.isArray(manifest.mirrors)) return [];
    const patterns = (manifest.mirrors as unknown[]).map(
      (mirror) => (mirror as { bundle_pattern?: unknown } | null)?.bundle_pattern,
    );
    return patterns.filter((pattern) => typeof pattern === "string");
  } catch {
    return [];
  }
}
