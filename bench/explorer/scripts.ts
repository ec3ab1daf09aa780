import type { Browser } from "playwright-core";

export type Scripts = {
  readonly files: number;
  /** The compressed size for clients that accept gzip. */
  readonly bytes: number;
  /** The part of it that is fetched to show a formula. */
  readonly formulaBytes: number;
};

/** The scripts that a page fetches until its content (`selector`) is shown and the network is idle. */
export async function scriptsOf(browser: Browser, address: string, selector: string): Promise<Scripts> {
  const page = await browser.newPage();
  const addresses = new Set<string>();
  page.on("request", (request) => {
    if (new URL(request.url()).pathname.endsWith(".js")) addresses.add(request.url());
  });
  await page.goto(address);
  await page.locator(selector).first().waitFor();
  // The overview keeps a stream open, so that the network is never idle: its scripts are fetched at once.
  await Promise.race([page.waitForLoadState("networkidle"), page.waitForTimeout(4_000)]);
  await page.close();
  let bytes = 0;
  let formulaBytes = 0;
  for (const script of addresses) {
    const { headers } = await fetch(script, { method: "HEAD", headers: { "accept-encoding": "gzip" } });
    // The smallest are not compressed: gzip would make them larger.
    const length = Number(headers.get("content-length"));
    if (headers.get("content-encoding") !== "gzip" && length > 2_000) {
      throw new Error(`${script} is not sent as gzip.`);
    }
    bytes += length;
    // The build names it after the module that imports KaTeX.
    if (/\/mathml-[\w-]+\.js$/.test(script)) formulaBytes += length;
  }
  return { files: addresses.size, bytes, formulaBytes };
}
