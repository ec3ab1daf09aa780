import { expect, test } from "vitest";
import { documentOf } from "../api/fixtures/documents.ts";
import { ingestDocuments } from "../ingest/ingest-documents.ts";
import { fillWithExcerpt } from "./site.ts";
import { setStage } from "./stage.ts";
import { visit } from "./visit.ts";

// The server accepts only the queries that the build lists, also for live events.
const stage = setStage({ fill: fillWithExcerpt, onlyPersistedQueries: true });

test("shows the contents as charts and tables, the top works, and invalid events", async () => {
  const { page, expectAccessible, expectNoSideScroll, leave } = await visit(
    stage.browser,
    `${stage.site.url}overview`,
  );
  await page.locator(".chart[data-drawn] canvas").nth(1).waitFor();
  await page.getByRole("img", { name: /^Bars of internal anchors by year, \d+ groups/ }).waitFor();
  await page.getByRole("button", { name: /^Table.*by category$/ }).click();
  const table = page.getByRole("table", { name: "Internal anchors by category" });
  await table.getByRole("rowheader", { name: "hep-th" }).waitFor();
  const { rows } = await stage.site.database.pool.query<{ papers: string }>(
    "SELECT count(*)::text AS papers FROM papers WHERE primary_category = 'hep-th'",
  );
  await table
    .getByRole("row", { name: /^hep-th/ })
    .getByRole("cell", { name: rows[0]?.papers ?? "", exact: true })
    .first()
    .waitFor();
  await page.getByRole("heading", { name: "By PageRank" }).waitFor();
  expect(await page.getByRole("listitem").filter({ hasText: "cited by" }).count()).toBe(10);
  await page.getByText("Nothing was rejected so far.").waitFor();
  await page.getByText("Invalid events: 3.").waitFor();
  await page.getByText("invalid: PREV_EVENT_UNRESOLVED").first().waitFor();
  await expectAccessible();
  await page.setViewportSize({ width: 320, height: 700 });
  await expectNoSideScroll();
  await leave();
});

test("shows and counts papers that are imported while the page is open", async () => {
  const { page, expectAccessible, leave } = await visit(stage.browser, `${stage.site.url}overview`, {
    colorScheme: "dark",
  });
  await page.getByText("Live: new events appear here as they arrive.").waitFor();
  const papers = page.locator("[data-count=papers]");
  await papers.filter({ hasText: /\d/ }).waitFor();
  const before = Number((await papers.textContent())?.replaceAll(",", ""));
  const title = "A paper <b>that</b> came just now";
  await ingestDocuments(stage.site.database, [
    documentOf({ arxivId: "2406.00001", submittedAt: "2024-06-01T00:00:00Z", title }).text,
    "no JSON",
  ]);
  const changes = page.getByRole("list", { name: "Papers that changed while this page is open" });
  await changes.getByRole("link", { name: title }).waitFor();
  await papers.filter({ hasText: new RegExp(`^${(before + 1).toLocaleString("en")}$`) }).waitFor();
  // The latest events are loaded again: its two are on top.
  await page.locator(".event-list").first().getByRole("link", { name: title }).nth(1).waitFor();
  // The rejected document, and why.
  await page.getByText("Rejected documents: 1.").waitFor();
  const rejections = page.getByRole("list", { name: "Rejected, by reason" }).getByRole("listitem");
  await rejections.getByText("Not JSON.").waitFor();
  expect(await rejections.allTextContents()).toEqual(["1 document: MALFORMED_JSONNot JSON."]);
  await expectAccessible();
  await leave();
});

test("reconnects a broken connection without missing an event", async () => {
  const { page, faults } = await visit(stage.browser, `${stage.site.url}overview`);
  const listening = page.getByText("Live: new events appear here as they arrive.");
  await listening.waitFor();
  const importPaper = (nth: number) =>
    ingestDocuments(stage.site.database, [
      documentOf({
        arxivId: `2407.0000${nth}`,
        submittedAt: "2024-07-01T00:00:00Z",
        title: `Paper number ${nth} of July`,
      }).text,
    ]);
  await importPaper(1);
  const changes = page.getByRole("list", { name: "Papers that changed while this page is open" });
  await changes.getByRole("link", { name: "Paper number 1 of July" }).waitFor();
  stage.site.breakConnections();
  await importPaper(2);
  await changes.getByRole("link", { name: "Paper number 2 of July" }).waitFor();
  await listening.waitFor();
  expect(await changes.getByRole("link", { name: "Paper number 1 of July" }).count()).toBe(1);
  // The browser reports the broken connection, and nothing else.
  for (const fault of await faults()) expect(fault).toMatch(/net::ERR_INCOMPLETE_CHUNKED_ENCODING/);
  await page.context().close();
});

test("shows a paper, its graph and a search with persisted queries only, and rejects another query", async () => {
  const { page, leave } = await visit(stage.browser, `${stage.site.url}paper/2302.12192`);
  await page.getByText("pith:2023:ROU4N4IRYZ3HV3M7HKTK3YY643").first().waitFor();
  await page.locator("#events .event").nth(1).waitFor();
  await page.getByRole("button", { name: "Verify again in this browser" }).click();
  await page.getByText("same result as the server").waitFor();
  await page.goto(`${stage.site.url}graph?of=2302.12192&as=table`);
  await page.getByRole("table").first().getByRole("rowheader").first().waitFor();
  await page.goto(`${stage.site.url}search?q=human+feedback`);
  // The paper, and claims of it.
  const found = page.getByRole("link", { name: "Aligning Text-to-Image Models using Human Feedback" });
  await found.first().waitFor();
  await leave();
  const response = await fetch(`${stage.site.url}graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: "{ status { papers } }" }),
  });
  expect(await response.json()).toMatchObject({
    errors: [{ extensions: { code: "PERSISTED_QUERY_REQUIRED" } }],
  });
});
