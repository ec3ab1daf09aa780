import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { documentOf } from "../api/fixtures/documents.ts";
import { ingestDocuments, sampleDocuments, sampleKeyring } from "../ingest/ingest-documents.ts";
import { fillWithExcerpt, startSite } from "./site.ts";
import { setStage } from "./stage.ts";
import { visit } from "./visit.ts";

const stage = setStage({ fill: fillWithExcerpt });

/** Signed with a key that the server no longer trusts. */
const foreign = documentOf({
  arxivId: "2301.00001",
  submittedAt: "2023-01-02T03:04:05Z",
  title: "Signed elsewhere",
});

/** Statements about whoever signed the paper that name the registry instead. */
const byTheRegistry = /\bthe registry (says|said|states|asserts|published|resolved|receipt)/i;

/** The texts of the elements whose colour or background is that of a success. */
function greenIn(page: Page, selector: string): Promise<(string | null)[]> {
  return page.evaluate((wanted) => {
    const good = document.createElement("span");
    good.style.color = "var(--good)";
    good.style.background = "var(--good-soft)";
    document.body.append(good);
    const { color, backgroundColor } = getComputedStyle(good);
    const green = [...document.querySelectorAll(wanted)].filter((element) => {
      const style = getComputedStyle(element);
      return style.color === color || style.backgroundColor === backgroundColor;
    });
    good.remove();
    return green.map(({ textContent }) => textContent);
  }, selector);
}

/** @page D4, D5 */
test("names each signer with the trust in its key, and never shows the demo key in green", async () => {
  await ingestDocuments(stage.site.database, [foreign.text]);
  const { page, expectAccessible, leave } = await visit(stage.browser, stage.site.url);
  const chipOf = (title: string) =>
    page.getByRole("listitem").filter({ hasText: title }).locator(".proof").first();
  expect(await chipOf("Sample: a fork").innerText()).toMatch(
    /Demo signature[\s\S]*sample\.pith-graph\.invalid/,
  );
  expect(await chipOf("Aligning Text-to-Image").innerText()).toMatch(/Record receipt[\s\S]*pith\.science/);
  expect(await chipOf("Signed elsewhere").innerText()).toContain("Untrusted key");
  expect(await greenIn(page, ".proof")).toEqual([]);
  await expectAccessible();
  await page.goto(`${stage.site.url}paper/hep-th/9204099`);
  await page.getByText("Record receipt signed by sample.pith-graph.invalid").waitFor();
  expect(await page.locator(".check.no-proof").innerText()).toContain("proves nothing");
  expect(await page.locator("main").innerText()).not.toMatch(byTheRegistry);
  await page.getByRole("button", { name: "Verify again in this browser" }).click();
  await page.getByText("Consistent, but signed with the demo key").waitFor();
  expect(await greenIn(page, ".outcome, .outcome > strong")).toEqual([]);
  expect(await page.locator("main").innerText()).not.toMatch(byTheRegistry);
  await expectAccessible();
  await page.goto(`${stage.site.url}paper/2212.11808`);
  await page.getByText("in the registry, according to sample.pith-graph.invalid.").waitFor();
  expect(await page.locator("main").innerText()).not.toMatch(byTheRegistry);
  await page.goto(`${stage.site.url}paper/2302.12192`);
  await page.getByText("Record receipt signed by pith.science").waitFor();
  await page.getByRole("button", { name: "Verify again in this browser" }).click();
  await page.getByText("Consistent, but the content is not signed").waitFor();
  await leave();
});

/** @page D5 */
test("does not trust the demo key if the server has no sample", async () => {
  const site = await startSite({
    fill: async (database) => {
      await ingestDocuments(database, sampleDocuments(1), { keyring: sampleKeyring });
    },
  });
  try {
    const { page, leave } = await visit(stage.browser, `${site.url}paper/hep-th/9204099`);
    await page.getByRole("button", { name: "Verify again in this browser" }).click();
    await page.getByText("Can't verify: unknown key").waitFor();
    await leave();
  } finally {
    await site.close();
  }
});

test("explains on an empty mirror how to import", async () => {
  const site = await startSite({ fill: async () => {} });
  try {
    const { page, expectAccessible, expectNoSideScroll, leave } = await visit(stage.browser, site.url, {
      viewport: { width: 320, height: 700 },
    });
    const empty = page.getByRole("region", { name: "This mirror is empty" });
    await empty.getByText("npx pith-graph ingest bundles/").waitFor();
    expect(await page.getByRole("heading", { name: "Latest papers" }).count()).toBe(0);
    await expectNoSideScroll();
    await expectAccessible();
    await leave();
  } finally {
    await site.close();
  }
});
