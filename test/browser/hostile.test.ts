import { expect, test } from "vitest";
import { claimOf, documentOf, referenceOf } from "../api/fixtures/documents.ts";
import { ingestDocuments } from "../ingest/ingest-documents.ts";
import { setStage } from "./stage.ts";
import { visit } from "./visit.ts";

// Texts of documents are shown as text. Each of these would set `hacked` or violate the policy if it were interpreted;
// the visit fails on any violation.

const markup =
  `<script>window.hacked=1</script><img src=x onerror="window.hacked=1"><svg/onload=window.hacked=1>` +
  `</title></textarea><iframe src="javascript:window.hacked=1">&lt;b&gt; {{7*7}}`;
const latex =
  "A $\\href{javascript:window.hacked=1}{x}$ and $\\url{javascript:window.hacked=1}$ " +
  "$\\htmlStyle{position:fixed;inset:0}{y}$ $\\fcolorbox{red}{blue}{z}$ $\\includegraphics{http://example.invalid/x.png}$ " +
  "$\\def\\a{\\a\\a}\\a$ $x^2 + \\frac{1}{2}$ costs $5 or $6";
const turned = "Safe \u202Egnp.exe\u202C \u2066isolated\u0007 \u200Fend";
const long = `${"Very ".repeat(1_999)}long${"x".repeat(3)}!`.padEnd(10_000, "!").slice(0, 10_000);
const unbroken = "W".repeat(3_000);

const texts = { markup, latex, turned, long, unbroken };
const names = Object.keys(texts) as (keyof typeof texts)[];

const documents = names.map((name, index) =>
  documentOf({
    arxivId: `2301.0000${index + 1}`,
    submittedAt: "2023-01-02T03:04:05Z",
    title: texts[name],
    authors: texts[name],
    abstract: texts[name],
    category: texts[name].slice(0, 100),
    crossCategories: [markup],
    claims: [claimOf(1, "headline", texts[name]), claimOf(2, markup, texts[name])],
    references: [referenceOf(1, { title: texts[name], doi: `10.1000/${markup}` })],
  }),
);

const stage = setStage({
  fill: async (database) => {
    await ingestDocuments(
      database,
      documents.map(({ text }) => text),
    );
  },
});

/** @threat T23 */
test("shows hostile texts of documents as text, within 320 pixels", async () => {
  const { page, expectNoSideScroll, leave } = await visit(stage.browser, stage.site.url, {
    viewport: { width: 320, height: 800 },
  });
  for (const { pithNumber } of documents) {
    await page.goto(`${stage.site.url}paper/${pithNumber}`);
    await page.locator(".claim").nth(1).waitFor();
    await page.locator("#references tbody tr").waitFor();
    await page.locator("#events .event").first().waitFor();
    await page.getByRole("button", { name: "Verify again in this browser" }).click();
    await page.getByText("unknown key").waitFor();
    await expectNoSideScroll();
    expect(await page.evaluate("window.hacked")).toBeUndefined();
  }
  await leave();
});

test("shows markup as text and renders formulas, except for commands that need trust", async () => {
  const { page, expectAccessible, leave } = await visit(stage.browser, `${stage.site.url}paper/2301.00001`);
  expect(await page.locator("h1").innerText()).toContain("<script>window.hacked=1</script><img src=x");
  await expectAccessible();
  await page.goto(`${stage.site.url}paper/2301.00002`);
  const title = page.locator("h1");
  await title.locator("math mfrac").waitFor();
  const words = await title.innerText();
  expect(words).toContain("$\\includegraphics{http://example.invalid/x.png}$");
  expect(words).toContain("costs $5 or $6");
  expect(await title.locator("a, [href], [style], [onclick], img").count()).toBe(0);
  await leave();
});

test("names direction marks, and shows the beginning of long texts", async () => {
  const { page, leave } = await visit(stage.browser, `${stage.site.url}paper/2301.00003`);
  await page.locator("h1 .control-character").first().waitFor();
  expect(await page.locator("h1 .control-character").allInnerTexts()).toEqual(["U+202E", "U+202C", "U+2066"]);
  await page.goto(`${stage.site.url}paper/2301.00004`);
  await page.locator("h1").getByRole("button", { name: "Show all 10,000 characters" }).click();
  expect((await page.locator("h1").innerText()).length).toBe(10_000);
  await leave();
});

test("shows hostile texts as text in lists and results", async () => {
  const { page, expectNoSideScroll, leave } = await visit(stage.browser, stage.site.url, {
    viewport: { width: 320, height: 800 },
  });
  await page.getByText("<script>window.hacked=1</script>").first().waitFor();
  await expectNoSideScroll();
  await page.getByRole("combobox", { name: "Search papers and claims" }).fill("window hacked");
  await page.getByRole("listbox").getByRole("option").first().waitFor();
  await expectNoSideScroll();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/search?**");
  await page.locator(".results li").first().waitFor();
  await expectNoSideScroll();
  expect(await page.evaluate("window.hacked")).toBeUndefined();
  await leave();
});

test("shows hostile URLs as text", async () => {
  const { page, leave } = await visit(
    stage.browser,
    `${stage.site.url}paper/%3Cscript%3Ewindow.hacked=1%3C/script%3E%22onload=%22window.hacked=1`,
  );
  await page.getByRole("alert").waitFor();
  await page.goto(`${stage.site.url}search?q=%3Cimg%20src=x%20onerror=window.hacked=1%3E`);
  await page.getByText("<img src=x onerror=window.hacked=1>").waitFor();
  await page.goto(`${stage.site.url}paper/%E0%A4%A`);
  await page.getByRole("heading", { name: "Page not found" }).waitFor();
  expect(await page.evaluate("window.hacked")).toBeUndefined();
  await leave();
});
