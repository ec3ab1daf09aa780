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
  const green = await page.evaluate(() => {
    const good = document.createElement("span");
    good.style.color = "var(--good)";
    document.body.append(good);
    const colour = getComputedStyle(good).color;
    good.remove();
    return [...document.querySelectorAll(".proof")].filter((chip) => getComputedStyle(chip).color === colour)
      .length;
  });
  expect(green).toBe(0);
  await expectAccessible();
  await page.goto(`${stage.site.url}paper/hep-th/9204099`);
  await page.getByText("Record receipt signed by sample.pith-graph.invalid").waitFor();
  expect(await page.locator(".check.no-proof").innerText()).toContain("proves nothing");
  expect(await page.locator("main").innerText()).not.toContain("the registry says");
  await page.getByRole("button", { name: "Verify again in this browser" }).click();
  await page.getByText("Consistent, but signed with the demo key").waitFor();
  await expectAccessible();
  await page.goto(`${stage.site.url}paper/2302.12192`);
  await page.getByText("Record receipt signed by pith.science").waitFor();
  await page.getByRole("button", { name: "Verify again in this browser" }).click();
  await page.getByText("Consistent, but the content is not signed").waitFor();
  await leave();
});

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
