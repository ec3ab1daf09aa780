import { expect, test } from "vitest";
import { documentOf } from "../api/fixtures/documents.ts";
import { ingestDocuments } from "../ingest/ingest-documents.ts";
import { fillWithExcerpt } from "./site.ts";
import { setStage } from "./stage.ts";
import { visit } from "./visit.ts";

const stage = setStage({ fill: fillWithExcerpt });

/** @page D9 */
test.each([
  ["x".repeat(600), "Searches are limited to 500 characters."],
  ["x ".repeat(40), "Searches are limited to 32 words or phrases."],
])("explains a search that is too long, without offering to try again", async (query, text) => {
  const { page, expectAccessible, leave } = await visit(
    stage.browser,
    `${stage.site.url}search?${new URLSearchParams({ q: query })}`,
  );
  await page.getByRole("alert").getByText(text).waitFor();
  const words = await page.locator("main").innerText();
  expect(words).not.toMatch(/Searching|Looking|`|Try again|BAD_USER_INPUT/);
  await expectAccessible();
  await leave();
});

/** @page D9 */
test("explains a URL that is not a paper identifier, without error codes", async () => {
  const { page, leave } = await visit(stage.browser, `${stage.site.url}paper/what%20is%20this`);
  await page.getByRole("alert").getByText("“what is this” is not a paper identifier").waitFor();
  expect(await page.locator("main").innerText()).not.toMatch(/BAD_USER_INPUT|`/);
  await page.goto(`${stage.site.url}paper/9999.99999`);
  await page.getByRole("heading", { name: "Paper not found" }).waitFor();
  await leave();
});

/** @page D9 */
test("shows a page for an unknown URL", async () => {
  const { page, faults, expectAccessible } = await visit(stage.browser, `${stage.site.url}no/such/page`);
  await page.getByRole("heading", { name: "Page not found" }).waitFor();
  const words = await page.locator("main").innerText();
  expect(words).toContain("/no/such/page");
  expect(words).not.toMatch(/NOT_FOUND|[{}]/);
  await expectAccessible();
  await page.getByRole("link", { name: "Go to the home page" }).click();
  await page.getByRole("heading", { name: "Latest papers" }).waitFor();
  // The browser reports the status of the page itself.
  expect(faults()).toEqual([expect.stringMatching(/404 .*no\/such\/page/)]);
  await page.context().close();
});

test("reports an unreachable server, and recovers with Try again", async () => {
  const { page, faults } = await visit(stage.browser, stage.site.url);
  await page.getByRole("heading", { name: "Latest papers" }).waitFor();
  let aborted = 0;
  await page.route("**/graphql", (route) => {
    aborted++;
    return route.abort();
  });
  await page.getByRole("combobox", { name: "Search papers and claims" }).fill("human feedback");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("Can't reach the server").waitFor();
  expect(aborted).toBeGreaterThan(0);
  await page.unroute("**/graphql");
  await page.getByRole("alert").getByRole("button", { name: "Try again" }).click();
  await page.getByText("3 found for “human feedback”").waitFor();
  for (const fault of faults()) expect(fault).toContain("ERR_FAILED");
  await page.context().close();
});

/** @input I21 */
test("shares one event stream between seven tabs, and shows events in each", async () => {
  const context = await stage.browser.newContext({ reducedMotion: "reduce" });
  let streams = 0;
  context.on("request", (request) => {
    if (request.resourceType() === "eventsource") streams++;
  });
  const tabs = [];
  for (let nth = 0; nth < 7; nth++) {
    const tab = await context.newPage();
    await tab.goto(`${stage.site.url}overview`);
    await tab.getByText("Live: new events appear here as they arrive.").waitFor();
    await tab.locator("[data-count=papers]").filter({ hasText: /\d/ }).waitFor();
    tabs.push(tab);
  }
  expect(streams).toBe(1);
  // Another tab takes over when the connected one closes.
  await tabs.shift()?.close();
  await expect.poll(() => streams).toBe(2);

  const title = "A paper for all tabs";
  await tabs[0]?.getByText("Live: new events appear here as they arrive.").waitFor();
  await ingestDocuments(stage.site.database, [
    documentOf({ arxivId: "2406.00009", submittedAt: "2024-06-01T00:00:00Z", title }).text,
  ]);
  for (const tab of tabs) {
    await tab
      .getByRole("list", { name: "Papers that changed while this page is open" })
      .getByRole("link", { name: title })
      .waitFor();
  }
  await context.close();
});
