import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { launchChromium } from "./chromium.ts";
import { type Site, type SiteOptions, startSite } from "./site.ts";

/** What the tests of a file have between its first and its last. */
export type Stage = { readonly site: Site; readonly browser: Browser };

/** A site and a browser: there before the first test of a file, gone after its last. */
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
  const there = <Thing>(thing: Thing | undefined): Thing => {
    if (thing === undefined) throw new Error("The stage is set before the first test.");
    return thing;
  };
  return {
    get site() {
      return there(site);
    },
    get browser() {
      return there(browser);
    },
  };
}
