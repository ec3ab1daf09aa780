import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { fillWithExcerpt } from "./site.ts";
import { setStage } from "./stage.ts";
import { visit } from "./visit.ts";

/** A work that others cite, one that cites it, and one that cites that but not the first. */
let hub: string;
let middle: string;
let far: string;
/** The titles of the three, by which pages name them. */
const titles = new Map<string, string>();
const titleOf = (arxivId: string) => titles.get(arxivId) ?? arxivId;

const stage = setStage({ fill: fillWithExcerpt });

beforeAll(async () => {
  type Top = { topWorks: { nodes: { work: { arxivId: string } }[] } };
  const top = await ask<Top>("{ topWorks(by: CITED_BY_COUNT, first: 60) { nodes { work { arxivId } } } }");
  // Few works are drawn sooner than many: of the most cited, the last.
  for (const { work } of top.topWorks.nodes.toReversed()) {
    type Around = {
      citationGraph: {
        nodes: { depth: number; work: { id: string; arxivId: string; title: string } }[];
        edges: { citing: { id: string }; cited: { id: string } }[];
      };
    };
    const { citationGraph } = await ask<Around>(
      `{ citationGraph(roots: ["${work.arxivId}"], direction: CITED_BY, depth: 2) {
        nodes { depth work { id arxivId title } } edges { citing { id } cited { id } } } }`,
    );
    const furthest = citationGraph.nodes.find(({ depth }) => depth === 2)?.work;
    const between = citationGraph.edges
      .filter(({ citing }) => citing.id === furthest?.id)
      .map(({ cited }) => citationGraph.nodes.find((node) => node.work.id === cited.id && node.depth === 1))
      .find((node) => node !== undefined);
    if (furthest === undefined || between === undefined) continue;
    [hub, middle, far] = [work.arxivId, between.work.arxivId, furthest.arxivId];
    for (const node of citationGraph.nodes) titles.set(node.work.arxivId, node.work.title);
    return;
  }
  throw new Error("The excerpt has no two steps of citations.");
});

async function ask<Data>(query: string): Promise<Data> {
  const response = await fetch(`${stage.site.url}graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  return ((await response.json()) as { data: Data }).data;
}

function graphAt(parameters: Record<string, string>): string {
  return `${stage.site.url}graph?${new URLSearchParams(parameters)}`;
}

async function drawn(page: Page): Promise<void> {
  await page.locator(".picture[data-drawn]").waitFor();
}

async function saved(page: Page, button: string): Promise<{ name: string; content: Buffer }> {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: button }).click(),
  ]);
  return { name: file.suggestedFilename(), content: await readFile(await file.path()) };
}

/** Where a work is drawn on the page, as the picture that is saved says. */
async function placeOf(page: Page, name: string): Promise<{ x: number; y: number }> {
  const { content } = await saved(page, "Picture (SVG)");
  const place = await page.evaluate(
    ([text = "", wanted]) => {
      const picture = new DOMParser().parseFromString(text, "image/svg+xml");
      const title = [...picture.querySelectorAll("g > title")].find(
        ({ textContent }) => textContent === wanted,
      );
      const mark = title?.nextElementSibling;
      if (mark?.tagName === "circle") {
        return { x: Number(mark.getAttribute("cx")), y: Number(mark.getAttribute("cy")) };
      }
      // A polygon: its middle.
      const numbers = (mark?.getAttribute("points") ?? "").split(/[ ,]/).map(Number);
      const middleOf = (from: number) => {
        const values = numbers.filter((_, index) => index % 2 === from);
        return (Math.min(...values) + Math.max(...values)) / 2;
      };
      return { x: middleOf(0), y: middleOf(1) };
    },
    [content.toString(), name],
  );
  const box = await page.locator(".picture .stage").boundingBox();
  return { x: (box?.x ?? 0) + place.x, y: (box?.y ?? 0) + place.y };
}

const pointedAt = (page: Page) => page.locator(".picture .stage[style*='cursor: pointer']");

/** Points at a work; again where the picture was laid out anew since its place was read. */
async function pointAt(page: Page, name: string): Promise<{ x: number; y: number }> {
  for (let tries = 1; ; tries++) {
    const place = await placeOf(page, name);
    await page.mouse.move(place.x, place.y);
    try {
      await pointedAt(page).waitFor({ timeout: 2_000 });
      return place;
    } catch (error) {
      if (tries === 5) throw error;
      await page.mouse.move(5, 5);
    }
  }
}

/** Waits until the address says this. */
async function says(page: Page, name: string, value: string | null): Promise<void> {
  await page.waitForFunction(
    ([key = "", wanted]) => new URL(location.href).searchParams.get(key) === wanted,
    [name, value] as const,
  );
}

test("drawn: a click selects, with Shift another; the path between them; back and forward; a shared address", async () => {
  const { page, expectAccessible, leave } = await visit(stage.browser, graphAt({ of: hub }));
  await drawn(page);
  await page
    .getByRole("status")
    .getByText(/^\d+ works and \d+ citations between them\.$/)
    .waitFor();
  expect(await pointedAt(page).count()).toBe(0);
  const first = await pointAt(page, titleOf(hub));
  await page.mouse.move(5, 5);
  await pointedAt(page).waitFor({ state: "detached" });
  await page.mouse.click(first.x, first.y);
  await says(page, "select", hub);
  const side = page.getByRole("complementary", { name: "Selected works" });
  await side.getByRole("link", { name: titleOf(hub) }).waitFor();
  await expectAccessible();

  // What cites the other is not among the neighbours: it comes with the one between them.
  await page.goto(graphAt({ of: hub, expand: middle, select: hub }));
  await drawn(page);
  const second = await pointAt(page, titleOf(far));
  await page.keyboard.down("Shift");
  await page.mouse.click(second.x, second.y);
  await page.keyboard.up("Shift");
  await says(page, "select", `${hub},${far}`);
  await side.getByRole("button", { name: "Path between them" }).click();
  await page.getByText("Shortest path between the two: 2 citations, each is cited by the next.").waitFor();
  await page.goBack();
  await page.getByText("Shortest path").waitFor({ state: "detached" });
  await page.goForward();
  await page.getByText("Shortest path").waitFor();

  const shared = await visit(stage.browser, page.url());
  await shared.page.getByText("Shortest path between the two: 2 citations").waitFor();
  await shared.page.getByText("2 selected").waitFor();
  expect(await shared.page.getByRole("link", { name: /^GraphQL query.*the path$/ }).count()).toBe(1);
  await shared.leave();
  await leave();
});

test("the keyboard alone: along citations, select, expand, pin, leave", async () => {
  const { page, leave } = await visit(stage.browser, graphAt({ of: hub, direction: "cited_by" }));
  await drawn(page);
  await page.getByRole("application").focus();
  await page.keyboard.press("Home");
  const said = page.locator("p[role=status]").filter({ hasText: "Here:" });
  await said.getByText(`${titleOf(hub)}, `).waitFor();
  // All others cite it, so they stand to its right.
  await page.keyboard.press("ArrowRight");
  await said.filter({ hasNotText: `${titleOf(hub)}, ` }).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => new URL(location.href).searchParams.has("select"));
  const selected = new URL(page.url()).searchParams.get("select") ?? "";
  expect(selected).not.toBe(hub);
  await page.keyboard.press("p");
  await page.waitForFunction(
    (ref) => new URL(location.href).searchParams.get("pin")?.endsWith(ref),
    selected,
  );
  await page.keyboard.press("+");
  await says(page, "expand", selected);
  expect(await page.evaluate(() => document.activeElement?.getAttribute("role"))).toBe("application");
  await page.keyboard.press("Escape");
  await says(page, "select", null);
  await page.keyboard.press("Tab");
  await page.getByRole("button", { name: "Zoom in" }).and(page.locator(":focus")).waitFor();
  await leave();
});

test("as a table: the same works and citations; what is selected and expanded there", async () => {
  const { page, expectAccessible, leave } = await visit(stage.browser, graphAt({ of: hub }));
  const [works, citations] = await countsShown(page);
  await page.getByRole("button", { name: "As a table" }).click();
  await page.getByRole("table", { name: `Works: ${works}` }).waitFor();
  await page.getByRole("table", { name: `Citations: ${citations}` }).waitFor();
  expect(await page.getByRole("checkbox", { name: `Select ${titleOf(hub)}`, exact: true }).count()).toBe(1);
  expect(await page.locator("canvas").count()).toBe(0);
  await page.getByRole("checkbox", { name: `Select ${titleOf(hub)}`, exact: true }).check();
  await says(page, "select", hub);
  await page.getByRole("button", { name: `Expand: ${titleOf(middle)}`, exact: true }).click();
  await says(page, "expand", middle);
  await page
    .getByRole("row")
    .filter({ hasText: titleOf(far) })
    .first()
    .waitFor();
  await expectAccessible();
  await leave();
});

test("saved: pictures, GraphML and CSV hold what is shown; a work that is dragged is pinned, also in the address", async () => {
  const { page, leave } = await visit(stage.browser, graphAt({ of: hub }));
  await drawn(page);
  const [works, citations] = await countsShown(page);
  const parsed = (content: Buffer) =>
    page.evaluate((text) => {
      const document = new DOMParser().parseFromString(text, "application/xml");
      const count = (name: string) => document.getElementsByTagName(name).length;
      return { errors: count("parsererror"), nodes: count("node"), edges: count("edge"), groups: count("g") };
    }, content.toString());
  const graphml = await saved(page, "Graph (GraphML)");
  expect(graphml.name).toBe("citations.graphml");
  expect(await parsed(graphml.content)).toMatchObject({ errors: 0, nodes: works, edges: citations });
  const svg = await saved(page, "Picture (SVG)");
  // One more: what is within the picture's frame.
  expect(await parsed(svg.content)).toMatchObject({ errors: 0, groups: (works ?? 0) + 1 });
  const png = await saved(page, "Picture (PNG)");
  expect(png.content.subarray(1, 4).toString()).toBe("PNG");
  const width = Number(/width="(\d+)"/.exec(svg.content.toString())?.[1]);
  expect(png.content.readUInt32BE(16)).toBe(2 * width);
  const rows = (content: Buffer) => content.toString().trimEnd().split("\r\n").length - 1;
  expect(rows((await saved(page, "Works (CSV)")).content)).toBe(works);
  expect(rows((await saved(page, "Citations (CSV)")).content)).toBe(citations);

  const from = await placeOf(page, titleOf(hub));
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 30, from.y + 60, { steps: 4 });
  await page.mouse.up();
  await page.waitForFunction(
    (ref) => new URL(location.href).searchParams.get("pin")?.endsWith(`,${ref}`),
    hub,
  );
  await page.reload();
  await drawn(page);
  // The view is fitted anew to where it was put: below where it was.
  expect((await placeOf(page, titleOf(hub))).y).toBeGreaterThan(from.y + 10);
  await leave();
});

test("by forces, in a thread; that not all is shown is said; by proof; dark", async () => {
  const address = graphAt({ of: "2212.11899", most: "100", layout: "force", colour: "proof" });
  const { page, expectAccessible, leave } = await visit(stage.browser, address, { colorScheme: "dark" });
  await drawn(page);
  await page.getByText("Arranging …").waitFor({ state: "detached" });
  await page.getByText(/There are more works/).waitFor();
  await expectAccessible();
  await page.getByRole("button", { name: "Show up to 1,000" }).click();
  await page.getByText("There are more works").waitFor({ state: "detached" });
  await says(page, "most", "1000");
  // Fewer again: the others go, and those that stay are drawn.
  await page.getByLabel("At most").selectOption("100");
  await page.getByRole("status").getByText("100 works and").waitFor();
  await page.getByText("Arranging …").waitFor({ state: "detached" });
  const { content } = await saved(page, "Picture (SVG)");
  expect(content.toString().match(/<title>/g)).toHaveLength(101);
  await leave();
});

test("320 pixels wide; names that nobody knows; where to begin", async () => {
  const { page, expectAccessible, expectNoSideScroll, leave } = await visit(
    stage.browser,
    graphAt({ of: hub, select: hub }),
    {
      viewport: { width: 320, height: 700 },
    },
  );
  await drawn(page);
  await expectNoSideScroll();
  await page.getByRole("button", { name: "As a table" }).click();
  await page.getByRole("table").first().waitFor();
  await expectNoSideScroll();
  await page.goto(graphAt({ of: "9999.99999" }));
  await page.getByRole("alert").getByText("We couldn't find that paper").waitFor();
  await page.goto(`${stage.site.url}graph`);
  await page.getByRole("region", { name: "Choose a starting point" }).getByRole("link").nth(7).waitFor();
  await expectAccessible();
  await page.getByLabel("Paper to start from").fill(hub);
  await page.keyboard.press("Enter");
  await says(page, "of", hub);
  await drawn(page);
  await leave();
});

test("the first view carries neither the graph nor the charts", async () => {
  const asked: string[] = [];
  const { page, leave } = await visit(stage.browser, stage.site.url);
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.reload();
  await page.getByRole("heading", { name: "Latest papers" }).waitFor();
  await page.waitForLoadState("networkidle");
  const scripts = asked.filter((path) => path.endsWith(".js"));
  expect(scripts.length).toBeGreaterThan(1);
  expect(scripts.filter((path) => /graph-drawing|bar-chart|force-worker/.test(path))).toEqual([]);
  await leave();
});

/** The works and citations that the page says it shows. */
async function countsShown(page: Page): Promise<number[]> {
  const words = page.getByRole("status").getByText(/^\d+ works and/);
  return [...((await words.textContent()) ?? "").matchAll(/\d+/g)].map(Number);
}
