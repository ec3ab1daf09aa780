import { expect, test } from "vitest";
import { fillWithExcerpt } from "./site.ts";
import { setStage } from "./stage.ts";
import { visit } from "./visit.ts";

const stage = setStage({ fill: fillWithExcerpt });

/** @page D1 */
test.each([320, 375, 768, 1440])(
  "shows the title of an only cited work on the first screen, without empty columns, at %i pixels",
  async (width) => {
    const options = { viewport: { width, height: 700 } };
    const { page, expectAccessible, expectNoSideScroll, leave } = await visit(
      stage.browser,
      `${stage.site.url}paper/2204.05862`,
      options,
    );
    const title = page.getByRole("heading", { level: 1 });
    await title.getByText("Training a Helpful and Harmless Assistant").waitFor();
    const row = page.getByRole("row", { name: /Aligning Text-to-Image Models/ });
    await row.waitFor();
    const place = await title.boundingBox();
    expect(place?.y).toBeLessThan(400);
    expect(place?.width).toBeGreaterThan(0.6 * Math.min(width - 40, 600));
    const cells = await row.getByRole("cell").all();
    for (const cell of cells) expect((await cell.boundingBox())?.width).toBeGreaterThan(20);
    const section = await page.locator("#cited-by").boundingBox();
    expect(section?.width).toBeGreaterThan(0.8 * (Math.min(width, 1216) - 40));
    await expectNoSideScroll();
    await expectAccessible();
    await leave();
  },
);

/** @page D1, D6 */
test("links an only cited work to arXiv, and shows the year of its identifier with the stated one", async () => {
  const { page, leave } = await visit(stage.browser, `${stage.site.url}paper/2204.05862`);
  await page.getByText("We don't have this paper. These details come from papers that cite it.").waitFor();
  const link = page.getByRole("link", { name: "arXiv:2204.05862" });
  expect(await link.getAttribute("href")).toBe("https://arxiv.org/abs/2204.05862");
  await page.getByText("2022 (cited as 2005)").waitFor();
  await page.goto(`${stage.site.url}graph?of=2302.12192&as=table`);
  await page
    .getByRole("row", { name: /Training a Helpful/ })
    .getByText("2022 (cited as 2005)")
    .first()
    .waitFor();
  await leave();
});

/** @page D6 */
test("shows the year of the arXiv id of cited works without a year, and beside another year", async () => {
  const { page, leave } = await visit(stage.browser, `${stage.site.url}graph?of=2302.12192&as=table`);
  for (const [title, year] of [
    [/A General Language Assistant/, "2021"],
    [/arXiv:1607\.07086/, "2016"],
    [/An Image is Worth One Word/, "2022"],
  ] as const) {
    await page.getByRole("row", { name: title }).getByText(year, { exact: true }).first().waitFor();
  }
  await page.goto(`${stage.site.url}graph?of=2212.11808&as=table`);
  await page
    .getByRole("row", { name: /Fence: Feasible/ })
    .getByText("2019 (cited as 2022)")
    .first()
    .waitFor();
  await page.goto(`${stage.site.url}paper/1909.10480`);
  await page.getByText("2019 (cited as 2022)").waitFor();
  await leave();
});

/** @input I35 */
test("links from a version that is not stored to the stored one", async () => {
  const { page, expectAccessible, leave } = await visit(stage.browser, `${stage.site.url}paper/2302.12192v7`);
  await page.getByText("2302.12192v7 is not in this mirror. Stored version: v1.").waitFor();
  await expectAccessible();
  await page.getByRole("link", { name: "v1", exact: true }).click();
  await page.getByRole("heading", { name: "Aligning Text-to-Image Models using Human Feedback" }).waitFor();
  await leave();
});
