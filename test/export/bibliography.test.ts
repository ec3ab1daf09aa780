import { Cite, plugins } from "@citation-js/core";
import "@citation-js/plugin-bibtex";
import "@citation-js/plugin-ris";
import { afterAll, beforeAll, expect, test } from "vitest";
import { verbatimText } from "../../src/export/bibliography-formats.ts";
import { bibliographyFile, type PaperSet } from "../../src/export/index.ts";
import { readableText, textToTex } from "../../src/text/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { exported, given } from "./exported.ts";
import { documents, fill, hostileTitles } from "./library.ts";

type Item = {
  id?: string;
  title?: string;
  author?: { literal?: string; family?: string; given?: string }[];
  issued?: { "date-parts": number[][] };
  DOI?: string;
  note?: string;
};

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await fill(database);
});
afterAll(() => database.drop());

async function read(
  format: "bibtex" | "ris" | "csl-json",
  set: PaperSet = {},
): Promise<{ items: Item[]; text: string }> {
  const { text, rows } = await exported(database, bibliographyFile(format, set));
  const forcedType = { bibtex: "@bibtex/text", ris: "@ris/file", "csl-json": "@else/json" }[format];
  const items = new Cite(text, { forceType: forcedType }).data as Item[];
  expect(items).toHaveLength(rows);
  return { items, text };
}

const nameOf = ({ literal, family = "", given: first = "" }: NonNullable<Item["author"]>[number]) =>
  literal ?? `${first} ${family}`.trim();

test("BibTeX keeps titles and authors readable, and escapes TeX commands in them", async () => {
  // Without conversion of titles to sentence case.
  plugins.config.get("@bibtex").parse.sentenceCase = "never";
  const { items, text } = await read("bibtex");
  const plain = (title = "") => title.replace(/<\/?\w+[^>]*>/g, "").replaceAll("\u00a0", "~");
  const wanted = hostileTitles.map(readableText);
  for (const title of wanted.filter((title) => !/[<>~]/.test(title))) {
    expect(items.map((item) => plain(item.title))).toContain(title);
  }
  expect(text).not.toContain("\\input");
  expect(text.match(/(?<!\\)\$.*?\$/g)).toEqual(["$\\alpha_1^2$"]);
  expect(items[0]?.author?.map(nameOf)).toEqual([
    "Smith Sons",
    "Ada Lovelace",
    "Brace",
    '"Quoted" Person',
    "Ż Łukasz",
  ]);
  // BibTeX reads "others" as "et al.".
  expect(text).not.toContain("others");
  expect(items.map(({ DOI }) => DOI)).toContain("10.1103/published_1");
  expect(items.map(({ note }) => note).sort()).toEqual(documents.map(({ pithNumber }) => pithNumber).sort());
  // Braces are balanced, so no entry ends within another.
  expect(text.match(/^@misc\{/gm)).toHaveLength(hostileTitles.length);
  expect(text.match(/^\}$/gm)).toHaveLength(hostileTitles.length);
});

test("textToTex escapes special characters and keeps braces balanced", () => {
  const escaped = textToTex("a<b>c|d {e} \\f $g$ #h_i^j~k 100% & l");
  expect(escaped).toBe(
    "a{\\textless}b{\\textgreater}c{\\textbar}d {\\textbraceleft}e{\\textbraceright} {\\textbackslash}f $g$ " +
      "\\#h\\_i{\\textasciicircum}j{\\textasciitilde}k 100\\% \\& l",
  );
  expect(verbatimText("10.1/a}b\\c d\u0001{")).toBe("10.1/a%7Db%5Cc%20d%01%7B");
});

test("RIS has one record for each paper, even if a title contains line breaks", async () => {
  const { items, text } = await read("ris");
  expect(items.map(({ title }) => title).sort()).toEqual(hostileTitles.map(readableText).sort());
  expect(text.match(/^TY {2}- UNPB\r$/gm)).toHaveLength(hostileTitles.length);
  for (const line of text.trimEnd().split("\r\n")) expect(line).toMatch(/^[A-Z][A-Z0-9] {2}- ?/);
});

test("CSL-JSON has readable titles, dates and names", async () => {
  const { items } = await read("csl-json");
  expect(items.map(({ title }) => title).sort()).toEqual(hostileTitles.map(readableText).sort());
  expect(items.find(({ DOI }) => DOI === "10.1103/published_1")?.issued).toEqual({
    "date-parts": [[2020, 3, 4]],
  });
  expect(items[0]?.author?.map(nameOf)).toContain("Smith Sons");
});

test("a bibliography contains the named papers, those of a category, or none", async () => {
  const wanted = given(documents[3]).pithNumber;
  expect(
    (await read("csl-json", { refs: [{ kind: "paper", pithNumber: wanted }] })).items.map(({ note }) => note),
  ).toEqual([wanted]);
  expect((await read("bibtex", { category: "gr-qc" })).items).toHaveLength(2);
  expect((await exported(database, bibliographyFile("csl-json", { refs: [] }))).text).toBe("[\n]\n");
  const hostile = { category: "'; DROP TABLE papers; --\\" };
  expect((await exported(database, bibliographyFile("ris", hostile))).text).toBe("");
});
