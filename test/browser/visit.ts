import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";

declare global {
  interface Window {
    /** Told of what the Content-Security-Policy refuses. */
    tellViolation(text: string): void;
    axe: { run(options: object): Promise<{ violations: AxeViolation[] }> };
  }
}

type AxeViolation = {
  readonly id: string;
  readonly impact: string | null;
  readonly help: string;
  readonly nodes: readonly { readonly target: unknown; readonly failureSummary?: string }[];
};

/** A tab of its own. Whatever the page complains of is a fault, and `leave` fails where there is any. */
export type Visit = {
  readonly page: Page;
  /** Messages of errors and warnings, exceptions, refusals of the policy; so far. */
  faults(): readonly string[];
  /** Fails where axe finds something serious on the page as it is. */
  expectAccessible(): Promise<void>;
  /** Fails where the page is wider than its window. */
  expectNoSideScroll(): Promise<void>;
  /** Closes the tab. Fails where the page had a fault. */
  leave(): Promise<void>;
};

/** Opens an address in a new tab. 1,280 × 900, light, without motion, unless told. */
export async function visit(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    colorScheme: "light",
    reducedMotion: "reduce",
    ...options,
  });
  const page = await context.newPage();
  // Pages that are not there yet are slow on a busy machine; what never comes fails all the same.
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  page.on("console", (message) => {
    // Of WebGL that the processor draws: that it is slow when it is asked what lies below the pointer.
    if (message.text().includes("GL Driver Message (OpenGL, Performance")) return;
    if (["error", "warning"].includes(message.type()))
      complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => complaints.push(`exception: ${error.message}`));
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith("http") && origin !== new URL(address).origin) {
      complaints.push(`asked another server: ${request.url()}`);
    }
  });
  await page.exposeFunction("tellViolation", (text: string) => complaints.push(text));
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
      window.tellViolation(`policy: ${violatedDirective} ${blockedURI}`);
    });
  });
  await page.goto(address);

  return {
    page,
    faults: () => complaints,
    expectAccessible: () => expectAccessible(page),
    // What is drawn by script follows a changed window a moment later.
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
      expect(complaints, complaints.join("\n")).toEqual([]);
    },
  };
}

let axe: Promise<string> | undefined;

async function expectAccessible(page: Page): Promise<void> {
  axe ??= readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  // Not as a script of the page, which its policy would refuse.
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
