import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";

declare global {
  interface Window {
    /** Called with each violation of the Content-Security-Policy. */
    reportViolation(text: string): void;
    axe: { run(options: object): Promise<{ violations: AxeViolation[] }> };
  }
}

type AxeViolation = {
  readonly id: string;
  readonly impact: string | null;
  readonly help: string;
  readonly nodes: readonly { readonly target: unknown; readonly failureSummary?: string }[];
};

/** A browser tab. `leave` fails if the page had any fault. */
export type Visit = {
  readonly page: Page;
  /** Console errors and warnings, exceptions and policy violations so far. */
  faults(): readonly string[];
  /** Fails if axe finds a serious problem on the current page. */
  expectAccessible(): Promise<void>;
  /** Fails if the page is wider than its window. */
  expectNoSideScroll(): Promise<void>;
  /** Closes the tab. Fails if the page had a fault. */
  leave(): Promise<void>;
};

/** Opens a URL in a new tab. Defaults to 1,280 × 900 pixels, light theme and reduced motion. */
export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    colorScheme: "light",
    reducedMotion: "reduce",
    ...options,
  });
  const page = await context.newPage();
  // Generous, for busy machines.
  page.setDefaultTimeout(20_000);
  const faults: string[] = [];
  page.on("console", (message) => {
    // Software-rendered WebGL warns about slow reads of the picking layer.
    if (message.text().includes("GL Driver Message (OpenGL, Performance")) return;
    if (["error", "warning"].includes(message.type()))
      faults.push(`${message.type()}: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => faults.push(`exception: ${error.message}`));
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith("http") && origin !== new URL(url).origin) {
      faults.push(`requested another server: ${request.url()}`);
    }
  });
  await page.exposeFunction("reportViolation", (text: string) => faults.push(text));
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
      window.reportViolation(`policy: ${violatedDirective} ${blockedURI}`);
    });
  });
  await page.goto(url);

  return {
    page,
    faults: () => faults,
    expectAccessible: () => expectAccessible(page),
    // Canvases are resized a moment after the window.
    expectNoSideScroll: () =>
      expect
        .poll(
          () =>
            page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
          {
            timeout: 10_000,
          },
        )
        .toBeLessThanOrEqual(0),
    leave: async () => {
      await context.close();
      expect(faults, faults.join("\n")).toEqual([]);
    },
  };
}

let axe: Promise<string> | undefined;

async function expectAccessible(page: Page): Promise<void> {
  axe ??= readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  // Not as a script element, which the policy would forbid.
  await page.evaluate(`${await axe}; undefined`);
  const { violations } = await page.evaluate(() =>
    window.axe.run({
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      resultTypes: ["violations"],
    }),
  );
  const serious = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => `${id}: ${help} at ${nodes.map(({ target }) => target).join(" | ")}`);
  expect(serious, serious.join("\n")).toEqual([]);
}
