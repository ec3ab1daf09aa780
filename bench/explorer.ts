import type { Browser } from "playwright-core";
import { startSampleServerProcess } from "../scripts/sample-server-process.ts";
import { launchChromium } from "../test/browser/chromium.ts";
import { timesToView } from "./explorer/first-view.ts";
import { framesWhileDragging, glRenderer } from "./explorer/frames.ts";
import { scriptsOf } from "./explorer/scripts.ts";
import { median } from "./measure.ts";

const loads = 7;
/** All of the sample's hep-th that one question answers: real citations. */
const thousand = "graph?of=hep-th/9711200&most=1000";

/** `npm run bench -- explorer`: what browsers fetch, how soon they show something, how smooth the graph is. */
export async function run(): Promise<void> {
  const [server, browser] = await Promise.all([startSampleServerProcess(), launchChromium()]);
  try {
    console.log(`Chromium ${browser.version()}, ${await glRenderer(browser)}`);
    console.log("\nScript, gzip:");
    for (const [name, path] of [
      ["first view", ""],
      ["paper", "paper/2302.12192"],
      ["overview", "overview"],
      ["graph", thousand],
    ] as const) {
      const { files, bytes } = await scriptsOf(browser, `${server.origin}/${path}`);
      console.log(`  ${name.padEnd(12)} ${kilobytes(bytes)}  in ${files} files`);
    }
    console.log(`\nFrom the address to what is asked for, empty cache, median of ${loads} loads:`);
    for (const [name, path, selector] of [
      ["first view", "", "main a[href*='/paper/']"],
      ["paper", "paper/2302.12192", "main h1"],
      ["graph of 66", "graph?of=hep-th/9204099", ".picture[data-drawn]"],
    ] as const) {
      const times = await timesToView(browser, `${server.origin}/${path}`, selector, loads);
      console.log(`  ${name.padEnd(12)} ${Math.round(median(times))} ms`);
    }
    await printFrames(browser, server.origin);
  } finally {
    await browser.close();
    await server.close();
  }
}

async function printFrames(browser: Browser, origin: string): Promise<void> {
  console.log(
    "\nFrames a second, the sample's hep-th papers around hep-th/9711200, 1280 × 860, drawn by the processor:",
  );
  for (const layout of ["time", "force"] as const) {
    const { words, view, work } = await framesWhileDragging(
      browser,
      `${origin}/${thousand}&layout=${layout}`,
    );
    console.log(`  placed by ${layout}: ${words}`);
    for (const [what, { frames, slowest }] of [
      ["dragging the view", view],
      ["dragging a work", work],
    ] as const) {
      console.log(`    ${what}: ${frames.toFixed(0)}, 95 % of the frames within ${slowest.toFixed(0)} ms`);
    }
  }
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`.padStart(9);
}
