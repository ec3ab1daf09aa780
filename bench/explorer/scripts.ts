import type { Browser } from "playwright-core";

/** The scripts that a page fetches until it rests, and their size as the server sends them to who takes gzip. */
export async function scriptsOf(
  browser: Browser,
  address: string,
): Promise<{ readonly files: number; readonly bytes: number }> {
  const page = await browser.newPage();
  const addresses = new Set<string>();
  page.on("request", (request) => {
    if (new URL(request.url()).pathname.endsWith(".js")) addresses.add(request.url());
  });
  await page.goto(address);
  await page.locator("main h1, main h2").first().waitFor();
  // The overview listens as long as it is open, so the network never rests: what is fetched for a view comes at once.
  await Promise.race([page.waitForLoadState("networkidle"), page.waitForTimeout(4_000)]);
  await page.close();
  let bytes = 0;
  for (const script of addresses) {
    const { headers } = await fetch(script, { method: "HEAD", headers: { "accept-encoding": "gzip" } });
    if (headers.get("content-encoding") !== "gzip") throw new Error(`${script} does not come as gzip.`);
    bytes += Number(headers.get("content-length"));
  }
  return { files: addresses.size, bytes };
}
