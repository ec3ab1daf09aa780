import { expect, test } from "vitest";
import { registryKey } from "../../src/protocol/index.ts";
import { claimOf, documentOf } from "../api/fixtures/documents.ts";
import { ingestDocuments, sampleDocuments, sampleKeyring } from "../ingest/ingest-documents.ts";
import { registry } from "../protocol/signed-events.ts";
import { markSampleLoaded } from "./site.ts";
import { setStage } from "./stage.ts";
import { type Visit, visit } from "./visit.ts";

const realPaper = "paper/arXiv:2302.12192";
const signedPaper = "paper/hep-th/9204099";
const forkedPaper = "search?q=sample+fork";
/** Signed with a key that is neither the registry's nor the sample's. */
const foreign = documentOf({
  arxivId: "2301.00001",
  submittedAt: "2023-01-02T03:04:05Z",
  title: "Signed by another registry",
  claims: [claimOf(1, "headline", "It is another's word.")],
});

const stage = setStage({
  fill: async (database) => {
    await ingestDocuments(database, sampleDocuments(20), { keyring: sampleKeyring });
    await markSampleLoaded(database);
    await ingestDocuments(database, [foreign.text]);
  },
});

async function verifyOn({ page }: Visit): Promise<string> {
  await page.getByRole("button", { name: "Verify again in this browser" }).click();
  const outcome = page.locator(".outcome");
  await outcome.waitFor();
  return outcome.innerText();
}

/** Alters the server's tables directly, runs `look`, and undoes the change. */
async function withTampering(statement: string, undo: string, look: () => Promise<void>): Promise<void> {
  const { rowCount } = await stage.site.database.pool.query(statement);
  expect(rowCount).toBeGreaterThan(0);
  try {
    await look();
  } finally {
    await stage.site.database.pool.query(undo);
  }
}

test("agrees with the server on the registry's paper, and states the limits of that", async () => {
  const tab = await visit(stage.browser, stage.site.url + realPaper);
  const words = await verifyOn(tab);
  expect(words).toContain("same result as the server");
  expect(words).toContain("1 receipt, merged 2 events");
  expect(words).toContain(`Key ${registryKey.key_id} is the registry's key`);
  expect(words).toContain("The snapshot is not signed");
  expect(await tab.page.getByText("This browser: passed").count()).toBe(4);
  expect(await tab.page.getByText("This browser: cannot be checked").count()).toBe(1);
  await tab.expectAccessible();
  await tab.leave();
});

/** @page D5 */
test("verifies signatures of the demo key, and says that they prove nothing", async () => {
  const tab = await visit(stage.browser, stage.site.url + signedPaper);
  const words = await verifyOn(tab);
  expect(words).toContain("same result as the server");
  expect(words).toContain("verified 2 event signatures and 1 receipt");
  expect(words).toContain("its private key is public");
  await tab.leave();
});

test("shows forks and invalid events, and verifies them", async () => {
  const tab = await visit(stage.browser, stage.site.url + forkedPaper);
  await tab.page.getByRole("link", { name: /Sample: a fork/ }).click();
  await tab.page.getByText("A signer published two versions").waitFor();
  await tab.page.locator(".event.not_applied").waitFor();
  expect(await verifyOn(tab)).toContain("same result as the server");
  await tab.page.goto(`${stage.site.url}search?q=sample+unsigned+invalid`);
  await tab.page.getByRole("link", { name: /Sample: unsigned and invalid events/ }).click();
  await tab.page.getByText("3 invalid events.").waitFor();
  await tab.page.locator(".event.invalid").nth(2).waitFor();
  await tab.page.getByText("A list in its snapshot does not match the stated hash.").waitFor();
  expect(await verifyOn(tab)).toContain("same result as the server");
  await tab.expectAccessible();
  await tab.leave();
});

test("finds a title that was altered in the server's tables", async () => {
  await withTampering(
    "UPDATE papers SET title = 'Another title' WHERE source_id = '2302.12192'",
    "UPDATE papers SET title = 'Aligning Text-to-Image Models using Human Feedback' WHERE source_id = '2302.12192'",
    async () => {
      const tab = await visit(stage.browser, stage.site.url + realPaper);
      await tab.page.getByRole("heading", { name: "Another title" }).waitFor();
      const words = await verifyOn(tab);
      expect(words).toContain("The server shows something else than the events say");
      expect(words).toContain("One value differs");
      expect(words).toMatch(
        /title\s+The server shows\s+Another title\s+The events say\s+Aligning Text-to-Image/,
      );
      await tab.leave();
    },
  );
});

test("finds an altered claim, check result and state hash", async () => {
  const where = "WHERE source_id = '2302.12192'";
  const { rows } = await stage.site.database.pool.query(
    `SELECT encode(state_sha256, 'hex') AS sha256 FROM papers ${where}`,
  );
  await withTampering(
    `WITH paper AS (UPDATE papers SET references_hash = 'PASSED', state_sha256 = sha256('other') ${where} RETURNING paper_id)
     UPDATE claims SET text = text || ' Always.' FROM paper WHERE claims.paper_id = paper.paper_id AND ordinal = 0`,
    `WITH paper AS (UPDATE papers SET references_hash = 'NOT_CHECKABLE', state_sha256 = decode('${rows[0]?.sha256}', 'hex') ${where} RETURNING paper_id)
     UPDATE claims SET text = replace(text, ' Always.', '') FROM paper WHERE claims.paper_id = paper.paper_id`,
    async () => {
      const tab = await visit(stage.browser, stage.site.url + realPaper);
      const words = await verifyOn(tab);
      expect(words).toContain("3 values differ");
      expect(words).toContain("claim 1");
      expect(words).toContain("state's hash");
      expect(words).toContain("outcome of the check “referencesHash”");
      await tab.page.getByText("This browser: cannot be checked, not passed").waitFor();
      await tab.leave();
    },
  );
});

test("rejects an event that was altered in the server's log", async () => {
  const where = "WHERE body LIKE '%Aligning Text-to-Image%' AND type = 'graph_snapshot'";
  await withTampering(
    `UPDATE events SET body = replace(body, 'Kimin Lee', 'Kimin Leo') ${where}`,
    `UPDATE events SET body = replace(body, 'Kimin Leo', 'Kimin Lee') ${where}`,
    async () => {
      const tab = await visit(stage.browser, stage.site.url + realPaper);
      const words = await verifyOn(tab);
      expect(words).toContain("The server shows something else than the events say");
      expect(words).toContain("its content does not match its id. It was altered.");
      await tab.leave();
    },
  );
});

test("reports unknown keys, and agrees once the key is added", async () => {
  const tab = await visit(stage.browser, `${stage.site.url}paper/${foreign.pithNumber}`);
  const words = await verifyOn(tab);
  expect(words).toContain("unknown key");
  const { name: _, seed_hex: __, ...entry } = registry;
  const box = tab.page.getByRole("textbox", { name: /A keyring/ });
  await box.fill("[{}]");
  expect(await verifyWithKeyring(tab, "These keys can't be used")).toContain("key_id must be a text");
  await box.fill(JSON.stringify([entry]));
  expect(await verifyWithKeyring(tab, "same result as the server")).toContain("a key that you added");
  await tab.leave();
});

async function verifyWithKeyring({ page }: Visit, title: string): Promise<string> {
  await page.getByRole("button", { name: "Verify again in this browser" }).click();
  const outcome = page.locator(".outcome", { hasText: title });
  await outcome.waitFor();
  return outcome.innerText();
}
