import type { Browser } from "playwright-core";

export type Scripts = {
  readonly files: number;
  /** As the server sends them to who takes gzip. */
  readonly bytes: number;
  /** Of these, what is fetched because a formula is shown. */
  readonly formulaBytes: number;
};

/** The scripts that a page fetches until what it is for is there (`selector`), and the network rests. */
export async function scriptsOf(browser: Browser, address: string, selector: string): Promise<Scripts> {
  const page = await browser.newPage();
  const addresses = new Set<string>();
  page.on("request", (request) => {
    if (new URL(request.url()).pathname.endsWith(".js")) addresses.add(request.url());
  });
  await page.goto(address);
  await page.locator(selector).first().waitFor();
  // The overview listens as long as it is open, so the network never rests: what is fetched for a view comes at once.
  await Promise.race([page.waitForLoadState("networkidle"), page.waitForTimeout(4_000)]);
  await page.close();
  let bytes = 0;
  let formulaBytes = 0;
  for (const script of addresses) {
    const { headers } = await fetch(script, { method: "HEAD", headers: { "accept-encoding": "gzip" } });
    // The smallest come as they are: gzip would make them larger.
    const length = Number(headers.get("content-length"));
    if (headers.get("content-encoding") !== "gzip" && length > 2_000) {
      throw new Error(`${script} does not come as gzip.`);
    }
    bytes += length;
    // The build names it by the module that brings KaTeX along.
    if (/\/mathml-[\w-]+\.js$/.test(script)) formulaBytes += length;
  }
  return { files: addresses.size, bytes, formulaBytes };
}
