import type { Browser, BrowserContextOptions, Page } from "playwright-core";

/**
 * A new tab with an empty cache. tsx names the functions within functions by a helper of its own, which the page must
 * have where such a function is run in it.
 */
export async function newTab(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(60_000);
  await page.addInitScript("globalThis.__name = (named) => named");
  return page;
}
