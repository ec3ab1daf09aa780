import { parsePaperRef } from "../../protocol/index.ts";
import { MirrorError } from "./fetch-error.ts";
import type { UrlPolicy } from "./url-policy.ts";

/** Where the bundle and the state of a suffix are. */
export type DocumentAddresses = {
  readonly bundle: (suffix: string) => URL;
  /** Served also where nobody has brought the record that a bundle must carry. */
  readonly state: (suffix: string) => URL;
};

const place = "{suffix}";

/** PROTOCOL section 8's routes, below a base URL without a `/` at its end. */
export function routeAddresses(baseUrl: string): DocumentAddresses {
  return {
    bundle: (suffix) => new URL(`${baseUrl}/pith/${suffix}/bundle.json`),
    state: (suffix) => new URL(`${baseUrl}/pith/${suffix}/state.json`),
  };
}

/**
 * The patterns of a manifest: of each kind the first that is on the base URL's own origin or on an allowed host, for
 * states also the route. Null where there is none for bundles: a manifest is somebody's word, and must not send us
 * elsewhere.
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

/** A paper to be fetched: its suffix, or the beginning of one, and its year where that is known. */
export type ListedNumber = { readonly suffix: string; readonly year: string | null };

/**
 * Reads a list of Pith numbers or suffixes, whole or cut short, one a line; empty lines and those that begin with #
 * are left out. Throws MirrorError with the number of a line that is neither.
 */
export function readNumbers(text: string): ListedNumber[] {
  const numbers: ListedNumber[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const ref = line.trim();
    if (ref === "" || ref.startsWith("#")) continue;
    const number = readNumber(ref);
    if (number === null) {
      throw new MirrorError(`Line ${index + 1} of the list is no Pith number: ${ref.slice(0, 100)}`);
    }
    numbers.push(number);
  }
  return numbers;
}

/** Reads a Pith number or a suffix, complete or cut short; null for anything else. */
export function readNumber(ref: string): ListedNumber | null {
  const parsed = parsePaperRef(ref);
  return parsed?.kind === "pith" ? { suffix: parsed.suffix, year: parsed.year } : null;
}
