import type { Browser } from "playwright-core";

declare global {
  interface Window {
    /** When what was waited for stood on the page, in milliseconds from the start of the navigation. */
    seenAt: number | undefined;
  }
}

/** Milliseconds from the start of a navigation until an element is there and drawn; each with an empty cache. */
export async function timesToView(
  browser: Browser,
  address: string,
  selector: string,
  count: number,
): Promise<number[]> {
  const times: number[] = [];
  for (let nth = 0; nth < count; nth++) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.addInitScript((wanted) => {
      const look = () => {
        // The frame after the one in which it is first there: then it has been drawn.
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
    await context.close();
  }
  return times;
}
