import type { Reader } from "./answer.ts";

/** Whoever gives no address asks the configured database. */
export async function openReader(url: string | undefined): Promise<Reader> {
  if (url !== undefined) return (await import("./remote-reader.ts")).openRemoteReader(url);
  return (await import("./local-reader.ts")).openLocalReader();
}
