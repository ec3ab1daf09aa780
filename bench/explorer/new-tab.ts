import type { Browser, BrowserContextOptions, Page } from "playwright-core";

/**
 * A new tab with an empty cache. tsx compiles named inner functions to calls of its helper `__name`, which the page
 * needs to run them.
 */
export async function newTab(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(60_000);
  await page.addInitScript("globalThis.__name = (named) => named");
  return page;
}
