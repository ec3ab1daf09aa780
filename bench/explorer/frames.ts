import type { Browser, CDPSession, Page } from "playwright-core";
import { newTab } from "./new-tab.ts";

export type Frames = {
  /** Frames a second. */
  readonly frames: number;
  /** Milliseconds within which 95 % of the frames came. */
  readonly slowest: number;
  /** Milliseconds of CPU a frame: the page's script. */
  readonly script: number;
  /** The page's main thread: script, styles, layout, painting the time axis. */
  readonly page: number;
  /** All threads of the browser's drawing process. */
  readonly drawing: number;
  /** The mean number of citations drawn as plain lines in a frame: fewer than all if frames take too long. */
  readonly lines: number;
};

const maxFrames = 150;
/** The maximum time to wait for frames, in milliseconds. */
const longest = 12_000;

declare global {
  interface Window {
    /** Plain lines drawn since the page was opened. */
    linesDrawn: number;
  }
}

/** The renderer of WebGL. */
export async function glRenderer(browser: Browser): Promise<string> {
  const page = await browser.newPage();
  const renderer = await page.evaluate(() => {
    const gl = document.createElement("canvas").getContext("webgl2");
    const names = gl?.getExtension("WEBGL_debug_renderer_info");
    return gl && names ? String(gl.getParameter(names.UNMASKED_RENDERER_WEBGL)) : "unknown";
  });
  await page.close();
  return `WebGL by ${renderer}`;
}

export type Dragged = {
  /** The page's note on the graph. */
  readonly words: string;
  /** Milliseconds from the graph's first picture until its works stop moving. */
  readonly placing: number;
  readonly view: Frames;
  readonly work: Frames;
};

/** Opens a graph, and drags the view, then one work. */
export async function framesWhileDragging(browser: Browser, address: string): Promise<Dragged> {
  const page = await newTab(browser, { viewport: { width: 1280, height: 860 } });
  await page.addInitScript(() => {
    window.linesDrawn = 0;
    const draw = WebGL2RenderingContext.prototype.drawElements;
    WebGL2RenderingContext.prototype.drawElements = function (mode, count, type, offset) {
      if (mode === this.LINES) window.linesDrawn += count / 2;
      draw.call(this, mode, count, type, offset);
    };
  });
  await page.goto(address);
  await page.locator(".picture[data-drawn]").waitFor();
  const begin = performance.now();
  await page.locator(".placing").waitFor({ state: "detached" });
  const placing = performance.now() - begin;
  // Animations end within half a second.
  await page.waitForTimeout(1_000);
  const words = (await page.locator(".graph-notes [role=status]").first().textContent()) ?? "";
  const box = await page.locator(".picture .stage").boundingBox();
  if (box === null) throw new Error("There is no picture.");
  // A corner without works; then the root, which is the largest work.
  const view = await framesOf(browser, page, { x: box.x + 12, y: box.y + 12 });
  await page.getByRole("button", { name: "All" }).click();
  await page.waitForTimeout(500);
  const work = await framesOf(browser, page, await largestWork(page));
  await page.close();
  return { words, placing, view, work };
}

/** The position of the largest work, from the saved picture. */
async function largestWork(page: Page): Promise<{ x: number; y: number }> {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Picture (SVG)" }).click(),
  ]);
  const chunks: Buffer[] = [];
  for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer);
  const [largest] = [
    ...Buffer.concat(chunks)
      .toString()
      .matchAll(/<circle cx="([\d.-]+)" cy="([\d.-]+)" r="([\d.]+)"/g),
  ]
    .map(([, x, y, radius]) => ({ x: Number(x), y: Number(y), radius: Number(radius) }))
    .sort((a, b) => b.radius - a.radius);
  const box = await page.locator(".picture .stage").boundingBox();
  if (largest === undefined || box === null) throw new Error("Nothing is drawn.");
  return { x: box.x + largest.x, y: box.y + largest.y };
}

/**
 * Drags a place in circles, one step a frame, and counts the frames. The steps are made within the page: from outside,
 * each would wait for the browser's answer to the previous one, which would be counted.
 */
async function framesOf(browser: Browser, page: Page, from: { x: number; y: number }): Promise<Frames> {
  const [tab, browserSession] = await Promise.all([
    page.context().newCDPSession(page),
    browser.newBrowserCDPSession(),
  ]);
  await tab.send("Performance.enable", { timeDomain: "threadTicks" });
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  const before = await spent(tab, browserSession);
  const { times, lines } = await page.evaluate(
    ({ x, y, maxFrames, longest }) =>
      new Promise<{ times: number[]; lines: number }>((resolve) => {
        const target = document.elementFromPoint(x, y) ?? document.body;
        const times: number[] = [];
        const linesBefore = window.linesDrawn;
        const frame = (now: number) => {
          times.push(now);
          if (times.length > maxFrames || now - (times[0] ?? now) > longest) {
            return resolve({ times, lines: window.linesDrawn - linesBefore });
          }
          const angle = (times.length / maxFrames) * 4 * Math.PI;
          target.dispatchEvent(
            new PointerEvent("pointermove", {
              pointerType: "mouse",
              bubbles: true,
              cancelable: true,
              composed: true,
              buttons: 1,
              clientX: x + 90 * Math.sin(angle),
              clientY: y + 60 * (1 - Math.cos(angle)),
            }),
          );
          requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
      }),
    { ...from, maxFrames, longest },
  );
  const after = await spent(tab, browserSession);
  await page.mouse.up();
  await Promise.all([tab.detach(), browserSession.detach()]);
  if (lines === 0) throw new Error("Nothing moved: the frames would be those of a page at rest.");
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  gaps.sort((a, b) => a - b);
  const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
  return {
    frames: gaps.length / seconds,
    slowest: gaps[Math.floor(gaps.length * 0.95)] ?? Number.NaN,
    script: (after.script - before.script) / gaps.length,
    page: (after.page - before.page) / gaps.length,
    drawing: (after.drawing - before.drawing) / gaps.length,
    lines: lines / gaps.length,
  };
}

/** Milliseconds of CPU of the page's main thread, and of the drawing process, so far. */
async function spent(
  tab: CDPSession,
  browserSession: CDPSession,
): Promise<Pick<Frames, "script" | "page" | "drawing">> {
  const [{ metrics }, { processInfo }] = await Promise.all([
    tab.send("Performance.getMetrics"),
    browserSession.send("SystemInfo.getProcessInfo"),
  ]);
  const metric = (name: string) => 1000 * (metrics.find((each) => each.name === name)?.value ?? Number.NaN);
  const drawing = processInfo.filter(({ type }) => type === "GPU");
  return {
    script: metric("ScriptDuration"),
    page: metric("TaskDuration"),
    drawing: 1000 * drawing.reduce((sum, { cpuTime }) => sum + cpuTime, 0),
  };
}
