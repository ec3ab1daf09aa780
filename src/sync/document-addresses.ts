import { parsePaperRef } from "../protocol/index.ts";
import { MirrorError } from "./fetch-error.ts";
import type { UrlPolicy } from "./url-policy.ts";

/** The addresses of the bundle and the state of a paper, by suffix. */
export type DocumentAddresses = {
  readonly bundle: (suffix: string) => URL;
  /** Also served for papers whose record, which a bundle must contain, the mirror does not have. */
  readonly state: (suffix: string) => URL;
};

const place = "{suffix}";

/** The routes of PROTOCOL section 8 below a base URL without a trailing `/`. */
export function routeAddresses(baseUrl: string): DocumentAddresses {
  return {
    bundle: (suffix) => new URL(`${baseUrl}/pith/${suffix}/bundle.json`),
    state: (suffix) => new URL(`${baseUrl}/pith/${suffix}/state.json`),
  };
}

/**
 * The addresses in a manifest: the first pattern of each kind on the base URL's origin or on an allowed host. States
 * fall back to the route. Null if there is none for bundles. A manifest is not trusted and must not redirect requests
 * to other hosts.
 */
export function manifestAddresses(
  bytes: Uint8Array,
  baseUrl: string,
  policy: UrlPolicy,
): DocumentAddresses | null {
  const mirrors = mirrorsOf(bytes);
  const bundle = addressOf(mirrors, "bundle_pattern", baseUrl, policy);
  if (bundle === null) return null;
  return {
    bundle,
    state: addressOf(mirrors, "state_pattern", baseUrl, policy) ?? routeAddresses(baseUrl).state,
  };
}

function addressOf(
  mirrors: readonly unknown[],
  name: "bundle_pattern" | "state_pattern",
  baseUrl: string,
  policy: UrlPolicy,
): ((suffix: string) => URL) | null {
  const { origin } = new URL(baseUrl);
  for (const mirror of mirrors) {
    const pattern = (mirror as Readonly<Record<string, unknown>> | null)?.[name];
    if (typeof pattern !== "string") continue;
    const parts = pattern.split(place);
    if (parts.length !== 2 || !URL.canParse(parts.join("A"), `${baseUrl}/`)) continue;
    const url = new URL(parts.join("A"), `${baseUrl}/`);
    if (url.origin !== origin && !policy.isAllowed(url)) continue;
    return (suffix) => new URL(parts.join(suffix), `${baseUrl}/`);
  }
  return null;
}

function mirrorsOf(bytes: Uint8Array): readonly unknown[] {
  try {
    const manifest = JSON.parse(Buffer.from(bytes).toString());
    const isManifest = manifest?.manifest_type === "pith_mirror_manifest" && Array.isArray(manifest.mirrors);
    return isManifest ? (manifest.mirrors as unknown[]) : [];
  } catch {
    return [];
  }
}

/** A paper to fetch: its suffix, or the beginning of one, and its year if known. */
export type ListedNumber = { readonly suffix: string; readonly year: string | null };

/**
 * Reads a list of Pith numbers or suffixes, complete or abbreviated, one per line. Skips empty lines and lines that
 * begin with #. Throws MirrorError with the line number if a line is neither.
 */
export function readNumbers(text: string): ListedNumber[] {
  const numbers: ListedNumber[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const ref = line.trim();
    if (ref === "" || ref.startsWith("#")) continue;
    const number = readNumber(ref);
    if (number === null) {
      throw new MirrorError(`Line ${index + 1} of the list is not a Pith number: ${ref.slice(0, 100)}`);
    }
    numbers.push(number);
  }
  return numbers;
}

/** Reads a Pith number or a suffix, complete or abbreviated; null for anything else. */
export function readNumber(ref: string): ListedNumber | null {
  const parsed = parsePaperRef(ref);
  return parsed?.kind === "pith" ? { suffix: parsed.suffix, year: parsed.year } : null;
}
