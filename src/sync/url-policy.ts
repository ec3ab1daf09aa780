import { isIP } from "node:net";
import { invalidHostMessage, normalizeHost } from "../config/index.ts";
import { FetchError } from "./fetch-error.ts";
import { isPublicAddress } from "./public-address.ts";

/** Which URLs may be fetched. */
export type UrlPolicy = {
  /** Throws FetchError for a URL that may not be fetched, as far as the URL alone shows that. */
  check(url: URL): void;
  /** Whether the host is on the allow-list: http and private addresses are permitted for it. */
  isAllowed(url: URL): boolean;
};

/**
 * Permits https to public addresses, and the allowed hosts (each with or without a port), which may use http and
 * private addresses. Throws FetchError for an entry that cannot be parsed.
 */
export function createUrlPolicy(allowedHosts: readonly string[]): UrlPolicy {
  const allowed = new Set(allowedHosts.map(readHost));
  const isAllowed = (url: URL) => allowed.has(url.hostname) || allowed.has(`${url.hostname}:${portOf(url)}`);
  const check = (url: URL) => {
    if (url.username !== "" || url.password !== "") {
      throw new FetchError("URL_REFUSED", "A URL with a user or a password is not allowed.");
    }
    const isSecure = url.protocol === "https:";
    if (!isSecure && !(url.protocol === "http:" && isAllowed(url))) {
      throw new FetchError(
        "URL_REFUSED",
        `Only https is allowed. To allow http for this host, add --allow-host ${url.host}.`,
      );
    }
    // An IP literal is never resolved, so it is checked here; a host name is checked when it is resolved.
    const literal = url.hostname.replace(/^\[|\]$/g, "");
    if (isIP(literal) !== 0 && !isAllowed(url)) checkAddress(literal, url.host);
  };
  return { check, isAllowed };
}

/** Throws FetchError unless the address is public. */
function checkAddress(address: string, host: string): void {
  if (isPublicAddress(address)) return;
  throw new FetchError(
    "ADDRESS_REFUSED",
    `${address} is not a public address. To allow it, add --allow-host ${host}.`,
  );
}

function readHost(text: string): string {
  const host = normalizeHost(text);
  if (host === null) throw new FetchError("URL_REFUSED", invalidHostMessage(text));
  return host;
}

function portOf(url: URL): string {
  return url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
}
