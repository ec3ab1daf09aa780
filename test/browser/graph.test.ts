import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { fillWithExcerpt } from "./site.ts";
import { setStage } from "./stage.ts";
import { visit } from "./visit.ts";

/** A cited work, one that cites it, and one that cites only the latter. */
let hub: string;
let middle: string;
let far: string;
/** The titles of the works, by arXiv id. */
const titles = new Map<string, string>();
const titleOf = (arxivId: string) => titles.get(arxivId) ?? arxivId;

const stage = setStage({ fill: fillWithExcerpt });

beforeAll(async () => {
  type Top = { topWorks: { nodes: { work: { arxivId: string } }[] } };
  const top = await request<Top>(
    "{ topWorks(by: CITED_BY_COUNT, first: 60) { nodes { work { arxivId } } } }",
  );
  // The last of the most cited: small graphs are drawn faster.
  for (const { work } of top.topWorks.nodes.toReversed()) {
    type Around = {
      citationGraph: {
        nodes: { depth: number; work: { id: string; arxivId: string; title: string } }[];
        edges: { citing: { id: string }; cited: { id: string } }[];
      };
    };
    const { citationGraph } = await request<Around>(
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

async function request<Data>(query: string): Promise<Data> {
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

/** Where a work is drawn on the page, read from the saved picture. */
async function positionOf(page: Page, name: string): Promise<{ x: number; y: number }> {
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
      // The middle of a polygon.
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

const hovered = (page: Page) => page.locator(".picture .stage[style*='cursor: pointer']");

/** Hovers a work. Tries again if the layout changed since its position was read. */
async function hover(page: Page, name: string): Promise<{ x: number; y: number }> {
  for (let tries = 1; ; tries++) {
    const place = await positionOf(page, name);
    await page.mouse.move(place.x, place.y);
    try {
      await hovered(page).waitFor({ timeout: 2_000 });
      return place;
    } catch (error) {
      if (tries === 5) throw error;
      await page.mouse.move(5, 5);
    }
  }
}

/** Waits until a parameter of the URL has this value. */
async function urlHas(page: Page, name: string, value: string | null): Promise<void> {
  await page.waitForFunction(
    ([key = "", wanted]) => new URL(location.href).searchParams.get(key) === wanted,
    [name, value] as const,
  );
}

test("selects works by click and Shift-click, shows the path between them, and restores it by back, forward and URL", async () => {
  const { page, expectAccessible, leave } = await visit(stage.browser, graphAt({ of: hub }));
  await drawn(page);
  await page
    .getByRole("status")
    .getByText(/^\d+ works and \d+ citations between them\.$/)
    .waitFor();
  expect(await hovered(page).count()).toBe(0);
  const first = await hover(page, titleOf(hub));
  await page.mouse.move(5, 5);
  await hovered(page).waitFor({ state: "detached" });
  await page.mouse.click(first.x, first.y);
  await urlHas(page, "select", hub);
  const side = page.getByRole("complementary", { name: "Selected works" });
  await side.getByRole("link", { name: titleOf(hub) }).waitFor();
  await expectAccessible();

  // The far work is not a neighbour of the hub: expanding the one between adds it.
  await page.goto(graphAt({ of: hub, expand: middle, select: hub }));
  await drawn(page);
  const second = await hover(page, titleOf(far));
  await page.keyboard.down("Shift");
  await page.mouse.click(second.x, second.y);
  await page.keyboard.up("Shift");
  await urlHas(page, "select", `${hub},${far}`);
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

test("moves along citations, selects, expands, pins and leaves by keyboard alone", async () => {
  const { page, leave } = await visit(stage.browser, graphAt({ of: hub, direction: "cited_by" }));
  await drawn(page);
  await page.getByRole("application").focus();
  await page.keyboard.press("Home");
  const announced = page.locator("p[role=status]").filter({ hasText: "Here:" });
  await announced.getByText(`${titleOf(hub)}, `).waitFor();
  // All others cite it, so they are to its right.
  await page.keyboard.press("ArrowRight");
  await announced.filter({ hasNotText: `${titleOf(hub)}, ` }).waitFor();
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
  await urlHas(page, "expand", selected);
  expect(await page.evaluate(() => document.activeElement?.getAttribute("role"))).toBe("application");
  await page.keyboard.press("Escape");
  await urlHas(page, "select", null);
  await page.keyboard.press("Tab");
  await page.getByRole("button", { name: "Zoom in" }).and(page.locator(":focus")).waitFor();
  await leave();
});

test("shows the same works and citations as a table, with selection and expansion", async () => {
  const { page, expectAccessible, leave } = await visit(stage.browser, graphAt({ of: hub }));
  const [works, citations] = await countsShown(page);
  await page.getByRole("button", { name: "As a table" }).click();
  await page.getByRole("table", { name: `Works: ${works}` }).waitFor();
  await page.getByRole("table", { name: `Citations: ${citations}` }).waitFor();
  expect(await page.getByRole("checkbox", { name: `Select ${titleOf(hub)}`, exact: true }).count()).toBe(1);
  expect(await page.locator("canvas").count()).toBe(0);
  await page.getByRole("checkbox", { name: `Select ${titleOf(hub)}`, exact: true }).check();
  await urlHas(page, "select", hub);
  await page.getByRole("button", { name: `Expand: ${titleOf(middle)}`, exact: true }).click();
  await urlHas(page, "expand", middle);
  await page
    .getByRole("row")
    .filter({ hasText: titleOf(far) })
    .first()
    .waitFor();
  await expectAccessible();
  await leave();
});

test("saves pictures, GraphML and CSV of what is shown, and pins a dragged work in the URL", async () => {
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
  // One more for the frame's group.
  expect(await parsed(svg.content)).toMatchObject({ errors: 0, groups: (works ?? 0) + 1 });
  const png = await saved(page, "Picture (PNG)");
  expect(png.content.subarray(1, 4).toString()).toBe("PNG");
  const width = Number(/width="(\d+)"/.exec(svg.content.toString())?.[1]);
  expect(png.content.readUInt32BE(16)).toBe(2 * width);
  const rows = (content: Buffer) => content.toString().trimEnd().split("\r\n").length - 1;
  const csv = await saved(page, "Works (CSV)");
  expect(csv.content.subarray(0, 3).toString("hex")).toBe("efbbbf");
  expect(rows(csv.content)).toBe(works);
  expect(rows((await saved(page, "Citations (CSV)")).content)).toBe(citations);

  const from = await positionOf(page, titleOf(hub));
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
  // The view is fitted again: the work is below its former position.
  expect((await positionOf(page, titleOf(hub))).y).toBeGreaterThan(from.y + 10);
  await leave();
});

test("runs the force layout, reports truncation, and colours by trust in dark mode", async () => {
  const address = graphAt({ of: "2212.11899", most: "100", layout: "force", colour: "proof" });
  const { page, expectAccessible, leave } = await visit(stage.browser, address, { colorScheme: "dark" });
  await drawn(page);
  await page.getByText("Arranging …").waitFor({ state: "detached" });
  await page.getByText(/There are more works/).waitFor();
  await expectAccessible();
  await page.getByRole("button", { name: "Show up to 1,000" }).click();
  await page.getByText("There are more works").waitFor({ state: "detached" });
  await urlHas(page, "most", "1000");
  // Fewer again: the remaining works are drawn.
  await page.getByLabel("At most").selectOption("100");
  await page.getByRole("status").getByText("100 works and").waitFor();
  await page.getByText("Arranging …").waitFor({ state: "detached" });
  const { content } = await saved(page, "Picture (SVG)");
  expect(content.toString().match(/<title>/g)).toHaveLength(101);
  await leave();
});

test("fits 320 pixels, explains unknown names, and suggests starting points", async () => {
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
  await urlHas(page, "of", hub);
  await drawn(page);
  await leave();
});

test("loads neither the graph nor the charts with the first page", async () => {
  const requested: string[] = [];
  const { page, leave } = await visit(stage.browser, stage.site.url);
  page.on("request", (request) => requested.push(new URL(request.url()).pathname));
  await page.reload();
  await page.getByRole("heading", { name: "Latest papers" }).waitFor();
  await page.waitForLoadState("networkidle");
  const scripts = requested.filter((path) => path.endsWith(".js"));
  expect(scripts.length).toBeGreaterThan(1);
  expect(scripts.filter((path) => /graph-drawing|bar-chart|force-worker/.test(path))).toEqual([]);
  await leave();
});

/** The counts of works and citations on the page. */
async function countsShown(page: Page): Promise<number[]> {
  const words = page.getByRole("status").getByText(/^\d+ works and/);
  return [...((await words.textContent()) ?? "").matchAll(/\d+/g)].map(Number);
}
