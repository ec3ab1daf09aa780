import { afterAll, beforeAll, expect, test } from "vitest";
import { tableFile } from "../../src/export/index.ts";
import { spreadsheetText } from "../../src/text/index.ts";
import { documentOf, referenceOf } from "../api/fixtures/documents.ts";
import { ingestTexts } from "../api/fixtures/library.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { csvRows } from "./csv-rows.ts";
import { exported } from "./exported.ts";

/** Texts that a spreadsheet reads as formulas. */
const formulas = [
  '=HYPERLINK("http://evil/","x")',
  "@SUM(1)",
  "+1+cmd|' /C calc'!A0",
  "-2+3",
  "\tplain",
  " =1",
  "\u00a0=1",
  "\ufeff=1",
  "＝1",
  "＋1",
  "－1",
  "＠SUM(1)",
  "−1",
  "-",
  "\u00ad=1",
  "\u202e=1",
  "\u3164=1",
  `${" ".repeat(200)}=1`,
  `${"\u00a0\u200b".repeat(100)}@SUM(1)`,
  '=DDE("cmd";"/C calc";"x")',
  "+cmd|'/C calc'!A0",
];

/** Texts that contain formulas if the file is opened with other separators, and the escaped texts. */
const inner: readonly (readonly [string, string])[] = [
  ["\t=1", "'\t'=1"],
  ["\r=1", "'\r'=1"],
  ["\n=1", "'\n'=1"],
  [";=1", ";'=1"],
  ["a;=1", "a;'=1"],
  ["a;\u00a0 =1;b; @x", "a;\u00a0 '=1;b; '@x"],
  ["a\t=1", "a\t'=1"],
  ["a\n=1;b", "a\n'=1;b"],
  ["a\r\n-1", "a\r\n'-1"],
  ['a;"=1";b', 'a;"\'=1";b'],
  ["a;＝1", "a;'＝1"],
];
const harmless = ["-1.5", "+2", "1e5", "-1E-5", "a=1", "'=1", '"=1"', "2-3", "", "日本", "a;b = 1", "a; b-c"];

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  // As titles of references, which are stored unchanged.
  const references = [...formulas, ...harmless, ...inner.map(([text]) => text)]
    .filter((title) => title !== "")
    .map((title, index) => referenceOf(index + 1, { title }));
  const document = documentOf({
    arxivId: "2301.00001",
    submittedAt: "2023-01-01T00:00:00Z",
    title: "Formulas",
    references,
  });
  await ingestTexts(database, [document.text]);
});
afterAll(() => database.drop());

async function titlesOf(options: { raw?: boolean }): Promise<(string | null | undefined)[]> {
  const { text } = await exported(database, tableFile("references", "csv", options));
  return csvRows(text).map(({ title }) => title);
}

/** @input I30 */
test("spreadsheetText puts an apostrophe before formulas, and changes nothing else", () => {
  for (const text of formulas) expect([text, spreadsheetText(text)]).toEqual([text, `'${text}`]);
  for (const text of harmless) expect(spreadsheetText(text)).toBe(text);
  for (const [text, safe] of inner) expect(spreadsheetText(text)).toBe(safe);
});

/** @input I30 */
test("CSV tables escape formulas unless raw is set", async () => {
  const stored = (await titlesOf({ raw: true })).map((title) => title ?? "");
  expect(stored.filter((title) => spreadsheetText(title) !== title).length).toBeGreaterThan(10);
  expect(await titlesOf({})).toEqual(stored.map(spreadsheetText));
});

/** @input I30 */
test("NDJSON tables have texts as they are stored", async () => {
  const { text } = await exported(database, tableFile("references", "ndjson"));
  const titles = text
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as { title: string }).title);
  expect(titles).toEqual(await titlesOf({ raw: true }));
});

/** @input I29 */
test("CSV begins with a byte order mark if bom is set, except when it continues after a row", async () => {
  const [plain, marked] = await Promise.all(
    [false, true].map((bom) => exported(database, tableFile("papers", "csv", { bom }))),
  );
  expect(marked?.bytes.subarray(0, 3).toString("hex")).toBe("efbbbf");
  expect(marked?.text.slice(1)).toBe(plain?.text);
  const rest = await exported(database, tableFile("papers", "csv", { bom: true, after: ["pith:0000:"] }));
  expect(rest.text.startsWith("pith:2023:")).toBe(true);
});
