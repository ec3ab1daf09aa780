import type { Browser } from "playwright-core";
import { newTab } from "./new-tab.ts";

declare global {
  interface Window {
    /** The time at which the element was drawn, in milliseconds from the start of the navigation. */
    seenAt: number | undefined;
  }
}

/** Milliseconds from the start of a navigation until an element is drawn, each with an empty cache. */
export async function timesToView(
  browser: Browser,
  address: string,
  selector: string,
  count: number,
): Promise<number[]> {
  const times: number[] = [];
  for (let nth = 0; nth < count; nth++) {
    const page = await newTab(browser);
    await page.addInitScript((wanted) => {
      const look = () => {
        // In the frame after it was added, it has been drawn.
        if (document.querySelector(wanted) === null) requestAnimationFrame(look);
        else
          requestAnimationFrame(() => {
            window.seenAt = performance.now();
          });
      };
      requestAnimationFrame(look);
    }, selector);
    await page.goto(address);
    await page.waitForFunction(() => window.seenAt !== undefined);
    times.push(await page.evaluate(() => window.seenAt ?? Number.NaN));
    await page.close();
  }
  return times;
}
