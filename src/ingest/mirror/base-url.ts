import { MirrorError } from "./fetch-error.ts";

/** Reads a mirror's address as a person gives it: http(s), without query. Throws MirrorError. */
export function readBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "") {
    throw new MirrorError(
      `${JSON.stringify(text)} is no address of a mirror: write https://mirror.example.org`,
    );
  }
  return url.href.replace(/\/+$/, "");
}
