import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "./chromium.ts";
import { type Site, startSite } from "./site.ts";
import { visit } from "./visit.ts";

let site: Site;
let browser: Browser;

beforeAll(async () => {
  [site, browser] = await Promise.all([startSite(), launchChromium()]);
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

test("the box finds as one types, and the keyboard goes to what was found", async () => {
  const { page, expectAccessible, leave } = await visit(browser, site.url);
  await page.getByRole("combobox", { name: "Find papers and claims" }).focus();
  await page.keyboard.type("human feedback align");
  const options = page.getByRole("listbox").getByRole("option");
  await options.first().waitFor();
  await page.keyboard.press("ArrowDown");
  expect(await options.first().getAttribute("data-highlighted")).not.toBeNull();
  await expectAccessible();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/paper/**");
  await leave();
});

test("a query has an address, which goes back and forward", async () => {
  const { page, leave } = await visit(browser, site.url);
  const box = page.getByRole("combobox", { name: "Find papers and claims" });
  await box.fill("human feedback");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/search?q=human+feedback");
  await page.getByText("found for “human feedback”").waitFor();
  await page.goBack();
  await page.getByRole("heading", { name: "Who asserts it, and how far is it proved?" }).waitFor();
  await page.goForward();
  await page.getByText("found for “human feedback”").waitFor();
  expect(await box.inputValue()).toBe("human feedback");
  await leave();
});
