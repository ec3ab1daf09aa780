import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { fillWithExcerpt } from "./site.ts";
import { setStage } from "./stage.ts";
import { visit } from "./visit.ts";

// Navigation: by URL, by keyboard alone, on a narrow screen, behind a proxy.

const stage = setStage({ fill: fillWithExcerpt, prefix: "/some/prefix" });

const realPaper = "Aligning Text-to-Image Models using Human Feedback";

test("supports deep links, reload, navigation and verification below a path prefix", async () => {
  const { page, leave } = await visit(stage.browser, `${stage.site.url}paper/arXiv:hep-th/9204099`);
  await page.getByRole("heading", { name: "The Black Hole in Three Dimensional Space Time" }).waitFor();
  await page.goto(`${stage.site.url}paper/https%3A//arxiv.org/abs/2302.12192v1`);
  await page.getByRole("heading", { name: realPaper }).waitFor();
  await page.reload();
  await page.getByRole("button", { name: "Verify again in this browser" }).click();
  await page.getByText("same result as the server").waitFor();
  await page.getByRole("navigation").getByRole("link", { name: "Search" }).click();
  await page.getByRole("heading", { name: "Latest papers" }).waitFor();
  expect(page.url()).toBe(stage.site.url);
  await leave();
});

test("opens GraphiQL with the query of a view, which runs as it is", async () => {
  const { page, leave } = await visit(stage.browser, `${stage.site.url}paper/2302.12192`);
  const link = page.getByRole("link", { name: /^GraphQL query.*the references$/ });
  const href = (await link.getAttribute("href")) ?? "";
  await leave();
  const query = new URL(href, stage.site.url).searchParams.get("query") ?? "";
  expect(query).toContain('query References($ref: String! = "pith:2023:ROU4N4IRYZ3HV3M7HKTK3YY643"');
  const response = await fetch(`${stage.site.url}graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  expect(await response.json()).toMatchObject({ data: { paper: { references: { totalCount: 5 } } } });
  const graphiql = await stage.browser.newPage();
  const refused: string[] = [];
  graphiql.on("console", (message) => {
    if (/Content Security Policy|Refused to/i.test(message.text())) refused.push(message.text());
  });
  await graphiql.goto(new URL(href, stage.site.url).href);
  await graphiql.getByText("References").first().waitFor();
  await graphiql.getByRole("button", { name: /Execute query/ }).click();
  await graphiql.locator(".graphiql-response").getByText("totalCount").waitFor();
  // Its policy allows everything that it needs.
  expect(refused).toEqual([]);
  await graphiql.close();
});

test("restores the scroll position after back and forward", async () => {
  const { page, leave } = await visit(stage.browser, stage.site.url);
  await page.getByRole("link", { name: realPaper }).click();
  await page.locator("#events .event").nth(1).waitFor();
  await page.locator("#events").scrollIntoViewIfNeeded();
  const position = await page.evaluate(() => scrollY);
  expect(position).toBeGreaterThan(300);
  // By script: a click would scroll up to it.
  await page.getByRole("navigation").getByRole("link", { name: "Search" }).dispatchEvent("click");
  await page.getByRole("heading", { name: "Latest papers" }).waitFor();
  expect(await page.evaluate(() => scrollY)).toBe(0);
  await page.goBack();
  await page.waitForFunction((before) => Math.abs(scrollY - before) < 2, position);
  await page.goForward();
  await page.getByRole("heading", { name: "Latest papers" }).waitFor();
  await leave();
});

test("skips, searches, opens, filters and verifies by keyboard alone", async () => {
  const { page, leave } = await visit(stage.browser, stage.site.url);
  await page.getByRole("heading", { name: "Latest papers" }).waitFor();
  await page.keyboard.press("Tab");
  expect(await focused(page)).toBe("Skip to the content");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.type("2302.12192");
  await page.getByRole("listbox").getByRole("option").first().waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: realPaper }).waitFor();
  // The focus is at the start of the new page.
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("content");
  await tabTo(page, "Verify again in this browser");
  await page.keyboard.press("Enter");
  await page.getByText("same result as the server").waitFor();
  await tabTo(page, "All");
  await page.keyboard.press("ArrowRight");
  await page.getByText("No references of this kind.").waitFor();
  await leave();
});

async function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    return ((element as HTMLInputElement | null)?.labels?.[0] ?? element)?.textContent?.trim() ?? "";
  });
}

async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    if ((await focused(page)) === name) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab did not reach “${name}” within 60 presses.`);
}

test.each(["light", "dark"] as const)("fits 320 pixels, %s, and is accessible", async (colorScheme) => {
  const options = { viewport: { width: 320, height: 700 }, colorScheme };
  const { page, expectAccessible, expectNoSideScroll, leave } = await visit(
    stage.browser,
    stage.site.url,
    options,
  );
  await page.getByRole("heading", { name: "Latest papers" }).waitFor();
  await expectNoSideScroll();
  await expectAccessible();
  await page.goto(`${stage.site.url}paper/2302.12192`);
  await page.locator("#references tbody tr").first().waitFor();
  await page.locator("#events .event").nth(1).waitFor();
  await expectNoSideScroll();
  await expectAccessible();
  await leave();
});

test("remembers the chosen theme", async () => {
  const { page, leave } = await visit(stage.browser, stage.site.url);
  const ground = () =>
    page.evaluate(() => getComputedStyle(document.body.firstElementChild ?? document.body).backgroundColor);
  await page.getByRole("combobox", { name: "Theme" }).selectOption("Dark");
  const dark = await page.evaluate(() => document.documentElement.dataset["theme"]);
  expect(dark).toBe("dark");
  const before = await ground();
  await page.reload();
  await page.getByRole("heading", { name: "Latest papers" }).waitFor();
  expect(await ground()).toBe(before);
  await leave();
});
