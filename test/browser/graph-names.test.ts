import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { documentOf, referenceOf } from "../api/fixtures/documents.ts";
import { ingestDocuments } from "../ingest/ingest-documents.ts";
import { fillWithExcerpt } from "./site.ts";
import { setStage } from "./stage.ts";
import { visit } from "./visit.ts";

const alone = documentOf({
  arxivId: "2401.00001",
  submittedAt: "2024-01-02T00:00:00Z",
  title: "Cites nothing at all",
});
const pair = documentOf({
  arxivId: "2401.00002",
  submittedAt: "2024-01-02T00:00:00Z",
  title: "Cites one work",
  authors: "Ada Lovelace",
  references: [referenceOf(1, { arxivId: "2301.77777", title: "The only work that it cites" })],
});
const hub = documentOf({
  arxivId: "2401.00003",
  submittedAt: "2024-01-02T00:00:00Z",
  title: "Cited by many",
});
/** A family name for each number, without digits, which would be read as footnote marks. */
const familyOf = (index: number) =>
  `Citer${String.fromCharCode(97 + Math.floor(index / 26), 97 + (index % 26))}`;
const citers = Array.from({ length: 150 }, (_, index) =>
  documentOf({
    arxivId: `2402.${String(10_000 + index)}`,
    submittedAt: "2024-02-02T00:00:00Z",
    title: `Citing paper ${index}`,
    authors: `Ada ${familyOf(index)}`,
    references: [referenceOf(1, { arxivId: "2401.00003", title: "Cited by many" })],
  }),
);

const stage = setStage({
  fill: async (database) => {
    await fillWithExcerpt(database);
    await ingestDocuments(
      database,
      [alone, pair, hub, ...citers].map(({ text }) => text),
    );
  },
});

const drawn = (page: Page) => page.locator(".picture[data-drawn]").waitFor();
const graphOf = (...refs: string[]) =>
  `${stage.site.url}graph?${new URLSearchParams({ of: refs.join(",") })}`;

/** The works of the saved picture, with the width and the left edge of their shapes. */
async function shapes(page: Page): Promise<{ name: string; width: number; left: number }[]> {
  const text = await savedPicture(page);
  return page.evaluate((svg) => {
    const picture = new DOMParser().parseFromString(svg, "image/svg+xml");
    document.body.append(document.importNode(picture.documentElement, true));
    const shown = [...document.body.querySelectorAll(":scope > svg g > title")].map((title) => {
      const { width, left } = title.parentElement?.getBoundingClientRect() ?? { width: 0, left: 0 };
      return { name: title.textContent ?? "", width, left };
    });
    document.body.querySelector(":scope > svg")?.remove();
    return shown;
  }, text);
}

/** @page D2 */
test("shows an empty state instead of a picture for a paper without citations", async () => {
  const { page, expectAccessible, leave } = await visit(stage.browser, graphOf("2401.00001"));
  const empty = page.getByRole("region", { name: "No citations to draw" });
  await empty.getByRole("link", { name: "Cites nothing at all" }).waitFor();
  expect(await page.locator("canvas").count()).toBe(0);
  await expectAccessible();
  await page.goto(`${graphOf("2401.00003")}&direction=references`);
  await page.getByRole("button", { name: "Show references and citations" }).click();
  await drawn(page);
  await page.goto(graphOf("2401.00001"));
  await empty.getByRole("link", { name: "Choose another starting point" }).click();
  await page.getByRole("region", { name: "Choose a starting point" }).waitFor();
  await leave();
});

/** @page D2 */
test.each([
  ["two works", ["2401.00002"], 2],
  ["three works without a citation between two of them", ["2401.00001", "2401.00002"], 3],
])("draws %s as small shapes", async (_, refs, count) => {
  const { page, leave } = await visit(stage.browser, graphOf(...(refs as string[])));
  await drawn(page);
  const works = await shapes(page);
  expect(works).toHaveLength(count as number);
  for (const { width } of works) {
    expect(width).toBeGreaterThan(4);
    expect(width).toBeLessThan(60);
  }
  await leave();
});

/** @page D3 */
test("keeps picture, selection, input and URL when an unknown name is added", async () => {
  const { page, expectAccessible, leave } = await visit(
    stage.browser,
    `${graphOf("2401.00002")}&select=2401.00002`,
  );
  await drawn(page);
  const url = page.url();
  const box = page.getByRole("combobox", { name: "Add a paper" });
  for (const name of ["no such paper", "9999.99999", "9711200", "human feedback"]) {
    await box.fill(name);
    await page.getByRole("button", { name: "Add" }).click();
    await page.getByRole("alert").getByText(`We couldn't find a paper named “${name}”.`).waitFor();
    expect(await box.inputValue()).toBe(name);
    expect(page.url()).toBe(url);
    await page
      .getByRole("complementary", { name: "Selected works" })
      .getByRole("link", { name: "Cites one work" })
      .waitFor();
    expect(await page.locator(".picture[data-drawn]").count()).toBe(1);
  }
  await expectAccessible();
  await leave();
});

/** @page D3 */
test("adds a work by its title from the suggestions", async () => {
  const { page, leave } = await visit(stage.browser, graphOf("2401.00002"));
  await drawn(page);
  const box = page.getByRole("combobox", { name: "Add a paper" });
  await box.focus();
  await page.keyboard.type("cited by many");
  await page.getByRole("option").filter({ hasText: "Cited by many" }).first().click();
  await page.waitForURL((url) => url.searchParams.get("of") === `2401.00002,${hub.pithNumber}`);
  await page
    .getByRole("status")
    .getByText(/^15\d works and/)
    .waitFor();
  expect(await box.inputValue()).toBe("");
  await box.fill("arXiv:2302.12192");
  await page.getByRole("button", { name: "Add" }).click();
  await page.waitForURL((url) => url.searchParams.get("of")?.endsWith(",2302.12192") === true);
  await leave();
});

/** @page D3 */
test("shows the known refs of a URL and names the unknown ones", async () => {
  const { page, leave } = await visit(stage.browser, graphOf("2401.00002", "9999.99999", "no such paper"));
  await drawn(page);
  await page.getByText("Not found: “9999.99999”, “no such paper”.").waitFor();
  await page.goto(graphOf("9999.99999"));
  await page.getByRole("alert").getByText("We couldn't find that paper").waitFor();
  await leave();
});

/** @page D7 */
test("keeps the works of a second root beside a larger one", async () => {
  const { page, leave } = await visit(
    stage.browser,
    `${graphOf("2302.12192", "2401.00003")}&most=100&as=table`,
  );
  await page.getByRole("table", { name: "Works: 100" }).waitFor();
  for (const reference of [
    /A General Language Assistant/,
    /arXiv:1607\.07086/,
    /Training a Helpful/,
    /An Image is Worth One Word/,
  ]) {
    await page.getByRole("row", { name: reference }).first().waitFor();
  }
  await leave();
});

/** @page D6 */
test("places works at the year of their arXiv id, whatever year a reference states", async () => {
  const { page, leave } = await visit(stage.browser, graphOf("2302.12192"));
  await drawn(page);
  const works = (await shapes(page)).sort((a, b) => a.left - b.left);
  const order = [
    /1607\.07086/,
    /Language Assistant/,
    /Training a Helpful|One Word/,
    /Training a Helpful|One Word/,
    /^Aligning/,
  ];
  const dated = works.filter(({ name }) => order.some((title) => title.test(name)));
  expect(dated.map(({ name }) => name)).toEqual(order.map((title) => expect.stringMatching(title)));
  await leave();
});

/** @page D8 */
test("labels roots by author and year, and a work when it is hovered", async () => {
  const { page, leave } = await visit(stage.browser, graphOf("2401.00003", "2401.00002"));
  await drawn(page);
  const before = await savedPicture(page);
  expect(labelsOf(before)).toContain("Lovelace 2024");
  // Small works are close together: take whichever unlabelled one is hovered.
  let label = "";
  for (
    let index = 0;
    index < citers.length && (label === "" || labelsOf(before).includes(label));
    index += 7
  ) {
    const title = await hoverNear(page, before, `Citing paper ${index}`);
    label = title === null ? "" : `${familyOf(Number(title.slice("Citing paper ".length)))} 2024`;
  }
  expect(labelsOf(before)).not.toContain(label);
  await expect.poll(async () => labelsOf(await savedPicture(page)), { timeout: 10_000 }).toContain(label);
  expect(labelsOf(await savedPicture(page))).toContain("Lovelace 2024");
  await leave();
});

/** Saves the picture without moving the pointer. */
async function savedPicture(page: Page): Promise<string> {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Picture (SVG)" }).dispatchEvent("click"),
  ]);
  return (await readFile(await file.path())).toString();
}

function labelsOf(svg: string): (string | undefined)[] {
  return [...svg.matchAll(/<text [^>]*paint-order="stroke">([^<]*)</g)].map(([, label]) => label);
}

/** Hovers where a work is drawn. Returns the title of the work that is hovered there, or null. */
async function hoverNear(page: Page, picture: string, name: string): Promise<string | null> {
  const mark = new RegExp(`<title>${name}</title><polygon points="([^"]*)"`).exec(picture);
  const numbers = (mark?.[1] ?? "").split(/[ ,]/).map(Number);
  const middle = (from: number) => {
    const values = numbers.filter((_, index) => index % 2 === from);
    return (Math.min(...values) + Math.max(...values)) / 2;
  };
  const box = await page.locator(".picture .stage").boundingBox();
  await page.mouse.move(5, 5);
  const details = page.getByRole("region", { name: "Details" });
  await details.waitFor({ state: "detached" });
  // Twice: sigma reports a work only for a moving pointer.
  for (const step of [0, 1]) {
    await page.mouse.move((box?.x ?? 0) + middle(0) + step, (box?.y ?? 0) + middle(1));
  }
  const heading = details.getByRole("heading").filter({ hasText: /^Citing paper \d+$/ });
  try {
    await heading.waitFor({ timeout: 2_000 });
    return (await heading.innerText()).trim();
  } catch {
    return null;
  }
}
