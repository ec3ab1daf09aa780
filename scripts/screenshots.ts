/**
 * `npm run screenshots`: takes the pictures of the explorer for the README and docs/explorer.md from a server with the
 * sample, and writes them to docs/images. Needs Chromium, like `npm run test:browser`.
 */
import { mkdir, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { launchChromium } from "../test/browser/chromium.ts";
import { startSampleServerProcess } from "./sample-server-process.ts";

const folder = fileURLToPath(new URL("../docs/images/", import.meta.url));

type Shot = {
  readonly name: string;
  readonly path: string;
  /** Waits until the page is complete, and scrolls to the place of the picture. */
  readonly ready: (page: Page) => Promise<void>;
};

const shots: readonly Shot[] = [
  {
    name: "paper",
    path: "paper/2302.12192",
    ready: async (page) => {
      await page.getByRole("button", { name: "Verify again in this browser" }).click();
      await page.getByText("same result as the server").waitFor();
      await page.evaluate(() => scrollTo(0, 0));
    },
  },
  {
    name: "graph",
    path: `graph?${new URLSearchParams({
      of: "hep-th/9711200",
      path: "hep-th/0202021,hep-th/9204099",
      select: "hep-th/9711200",
    })}`,
    ready: async (page) => {
      await page.locator(".picture[data-drawn]").waitFor();
      await page.getByText("Shortest path").waitFor();
    },
  },
  {
    name: "overview",
    path: "overview",
    ready: async (page) => {
      await page.locator(".chart[data-drawn] canvas").nth(1).waitFor();
      await page.getByText("cited by").first().waitFor();
    },
  },
];

await mkdir(folder, { recursive: true });
const [server, browser] = await Promise.all([startSampleServerProcess(), launchChromium()]);
try {
  for (const colorScheme of ["light", "dark"] as const) {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 860 },
      colorScheme,
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    for (const { name, path, ready } of shots) {
      await page.goto(`${server.origin}/${path}`);
      await ready(page);
      // Two frames later it is drawn.
      await page.evaluate(
        () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
      );
      const file = `${folder}${name}-${colorScheme}.png`;
      await page.screenshot({ path: file });
      console.log(`docs/images/${name}-${colorScheme}.png: ${Math.round((await stat(file)).size / 1024)} kB`);
    }
    await context.close();
  }
} finally {
  await browser.close();
  await server.close();
}
