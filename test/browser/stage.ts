import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { launchChromium } from "./chromium.ts";
import { type Site, type SiteOptions, startSite } from "./site.ts";

/** The site and the browser of a test file. */
export type Stage = { readonly site: Site; readonly browser: Browser };

/** Starts a site and a browser before the first test of a file, and stops them after the last. */
export function setStage(options: SiteOptions): Stage {
  let site: Site | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    [site, browser] = await Promise.all([startSite(options), launchChromium()]);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });
  const started = <Thing>(thing: Thing | undefined): Thing => {
    if (thing === undefined) throw new Error("Use the stage within tests only.");
    return thing;
  };
  return {
    get site() {
      return started(site);
    },
    get browser() {
      return started(browser);
    },
  };
}
