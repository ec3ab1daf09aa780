import type { Browser } from "playwright-core";
import { startSampleServerProcess } from "../scripts/sample-server-process.ts";
import { launchChromium } from "../test/browser/chromium.ts";
import { timesToView } from "./explorer/first-view.ts";
import { type Frames, framesWhileDragging, glRenderer } from "./explorer/frames.ts";
import { scriptsOf } from "./explorer/scripts.ts";
import { median } from "./measure.ts";

const loads = 5;
/** The largest neighbourhood of the sample's hep-th that one query returns. */
const thousand = "graph?of=hep-th/9711200&most=1000";

/** `npm run bench -- explorer`: the scripts' sizes, the time to the first view, and the graph's frame rate. */
export async function run(): Promise<void> {
  const [server, browser] = await Promise.all([startSampleServerProcess(), launchChromium()]);
  try {
    console.log(`Chromium ${browser.version()}, ${await glRenderer(browser)}`);
    console.log("\nScript, gzip:");
    for (const [name, path, selector] of [
      ["first view", "", "main math"],
      ["paper", "paper/2302.12192", "#events .event"],
      ["overview", "overview", ".chart[data-drawn] canvas"],
      ["graph", "graph?of=hep-th/9204099", ".picture[data-drawn]"],
    ] as const) {
      const { files, bytes, formulaBytes } = await scriptsOf(browser, `${server.origin}/${path}`, selector);
      const formulas =
        formulaBytes === 0
          ? "no formula is shown"
          : `${kilobytes(bytes - formulaBytes).trim()}, and ${kilobytes(formulaBytes).trim()} for a formula (KaTeX)`;
      console.log(`  ${name.padEnd(12)} ${kilobytes(bytes)}  in ${files} files: ${formulas}`);
    }
    console.log(`\nTime to the view's content, empty cache, median of ${loads} loads:`);
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
    const { words, placing, view, work } = await framesWhileDragging(
      browser,
      `${origin}/${thousand}&layout=${layout}`,
    );
    console.log(`  placed by ${layout}: ${words}`);
    console.log(`    at rest ${(placing / 1000).toFixed(1)} s after the first picture`);
    console.log(`    dragging the view: ${frameSummary(view)}`);
    console.log(`    dragging a work:   ${frameSummary(work)}`);
  }
}

function frameSummary({ frames, slowest, script, page, drawing, lines }: Frames): string {
  const cpu = `CPU a frame: script ${script.toFixed(1)} ms, the page with it ${page.toFixed(1)} ms, drawing ${drawing.toFixed(1)} ms`;
  return `${frames.toFixed(0)} frames/s, 95 % within ${slowest.toFixed(0)} ms; ${cpu}; ${Math.round(lines)} lines`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`.padStart(9);
}
