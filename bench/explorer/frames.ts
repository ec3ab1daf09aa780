import type { Browser, Page } from "playwright-core";

export type Frames = {
  /** A second. */
  readonly frames: number;
  /** Milliseconds within which 95 % of the frames came. */
  readonly slowest: number;
};

const moves = 120;

/** Who draws WebGL here. */
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

/** Opens a graph and drags it about, then one work of it. */
export async function framesWhileDragging(
  browser: Browser,
  address: string,
): Promise<{ readonly words: string; readonly view: Frames; readonly work: Frames }> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
  page.setDefaultTimeout(60_000);
  await page.goto(address);
  await page.locator(".picture[data-drawn]").waitFor();
  await page.locator(".placing").waitFor({ state: "detached" });
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1_000)));
  const words = (await page.locator(".graph-notes [role=status]").first().textContent()) ?? "";
  const box = await page.locator(".picture .stage").boundingBox();
  if (box === null) throw new Error("There is no picture.");
  // A corner, where no work is; then the work asked about, which is the largest.
  const corner = { x: box.x + 12, y: box.y + 12 };
  const view = await framesOf(page, corner);
  await page.getByRole("button", { name: "All" }).click();
  const work = await framesOf(page, await largestWork(page));
  await page.close();
  return { words, view, work };
}

/** Where the largest work is drawn, as the picture says when it is saved. */
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

/** Drags from a place in circles, and counts the frames meanwhile. */
async function framesOf(page: Page, from: { x: number; y: number }): Promise<Frames> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  const counted = page.evaluate(
    () =>
      new Promise<number[]>((resolve) => {
        const times: number[] = [];
        const frame = (now: number) => {
          times.push(now);
          if (document.documentElement.dataset["measured"] === "yes") resolve(times);
          else requestAnimationFrame(frame);
        };
        delete document.documentElement.dataset["measured"];
        requestAnimationFrame(frame);
      }),
  );
  for (let move = 1; move <= moves; move++) {
    const angle = (move / moves) * 4 * Math.PI;
    await page.mouse.move(from.x + 90 * Math.sin(angle), from.y + 60 * (1 - Math.cos(angle)));
  }
  await page.evaluate(() => {
    document.documentElement.dataset["measured"] = "yes";
  });
  const times = await counted;
  await page.mouse.up();
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  gaps.sort((a, b) => a - b);
  const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
  return { frames: gaps.length / seconds, slowest: gaps[Math.floor(gaps.length * 0.95)] ?? Number.NaN };
}
