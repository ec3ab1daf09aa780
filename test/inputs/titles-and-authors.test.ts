import { afterAll, beforeAll, expect, test } from "vitest";
import { authorsInText } from "../../src/ingest/project-paper.ts";
import { parseAuthors } from "../../src/text/index.ts";
import { type Client, createClient } from "../api/client.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { bundleOfPaper, snapshotEvent } from "../ingest/bundles.ts";
import { ingestDocuments, sampleDocuments, sampleKeyring } from "../ingest/ingest-documents.ts";
import { randomFrom } from "../ingest/random.ts";

let database: TestDatabase;
let client: Client;
let nth = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  await ingestDocuments(database, sampleDocuments(0), { keyring: sampleKeyring });
  client = createClient(database);
});
afterAll(() => database.drop());

/** Ingests a paper with these members, and returns its arXiv id. */
async function ingestPaper(paper: { title?: string; authors_text?: string; abstract_excerpt?: string }) {
  nth++;
  const arxivId = `2401.${String(nth).padStart(5, "0")}`;
  await ingestDocuments(database, [
    bundleOfPaper({ arxivId }, (written) => [
      snapshotEvent(written, { paper, references: [{ title: paper.title ?? "" }] }),
    ]),
  ]);
  return arxivId;
}

async function countTitled(titleContains: string): Promise<number> {
  const source = "query ($text: String!) { papers(filter: { titleContains: $text }) { totalCount } }";
  return (await client.ask<{ papers: { totalCount: number } }>(source, { text: titleContains })).papers
    .totalCount;
}

async function search(query: string): Promise<string[]> {
  const source =
    "query ($query: String!) { search(query: $query) { edges { matchType node { ... on Paper { title } } } } }";
  const { search } = await client.ask<{
    search: { edges: { matchType: string; node: { title?: string } }[] };
  }>(source, { query });
  return search.edges.map(({ matchType, node }) => `${matchType} ${node.title}`);
}

async function authorsOf(authorsText: string): Promise<string[]> {
  const ref = await ingestPaper({ authors_text: authorsText });
  const source = "query ($ref: String!) { paper(ref: $ref) { authors } }";
  return (await client.ask<{ paper: { authors: string[] } }>(source, { ref })).paper.authors;
}

/** @input I1 */
test.each([
  "Multivariate Timeseries",
  "Optical Network Control",
  "Total Solar Eclipse",
  "Total\n  Solar\u00a0Eclipse",
])("titleContains and search find %j in a title with a line break", async (text) => {
  expect(await countTitled(text)).toBe(1);
  expect((await search(`"${text}"`))[0]).toMatch(/^WORDS .*(Multivariate|Optical Network|Total Solar)/);
});

/** @input I1 */
test("no title, author or abstract of the sample is shown with a line break", async () => {
  const source = "{ papers(first: 100) { nodes { title authors abstractExcerpt signedTitle } } }";
  const { papers } = await client.ask<{ papers: { nodes: Record<string, string | string[] | null>[] } }>(
    source,
  );
  expect(papers.nodes.filter(({ signedTitle }) => signedTitle?.includes("\n"))).toHaveLength(27);
  for (const { signedTitle: _, ...shown } of papers.nodes) {
    for (const text of Object.values(shown).flat()) expect(text ?? "").not.toMatch(/[^\S ]| {2}/);
  }
});

/** @input I1 */
test("titles, abstracts and cited titles are shown on one line, with the signed texts beside them", async () => {
  const signed = {
    title: "Two\n  lines\u00a0of a  title ",
    abstract_excerpt: "An\r\nabstract.\t",
    authors_text: "A.\n Bee",
  };
  const ref = await ingestPaper(signed);
  const source = `query ($ref: String!) { paper(ref: $ref) {
    title signedTitle abstractExcerpt signedAbstractExcerpt authors signedAuthors
    references { nodes { title signedTitle work { title } } } } }`;
  const { paper } = await client.ask<{ paper: object }>(source, { ref });
  expect(paper).toEqual({
    title: "Two lines of a title",
    signedTitle: signed.title,
    abstractExcerpt: "An abstract.",
    signedAbstractExcerpt: signed.abstract_excerpt,
    authors: ["A. Bee"],
    signedAuthors: signed.authors_text,
    references: {
      nodes: [
        { title: "Two lines of a title", signedTitle: signed.title, work: { title: "Two lines of a title" } },
      ],
    },
  });
});

/** @input I3 */
test("authors written in TeX are found and shown with their letters", async () => {
  const source = '{ paper(ref: "pith:W6XBXMPL") { title authors signedAuthors } }';
  const { paper } = await client.ask<{ paper: { title: string; authors: string[]; signedAuthors: string } }>(
    source,
  );
  expect(paper.authors).toContain("Michael Färber");
  expect(paper.signedAuthors).toContain('F\\"arber');
  expect(await search("Färber")).toContain(`WORDS ${paper.title}`);
  for (const name of ["Pérez-Salinas", "Apolinário", "Gómez"]) {
    expect([name, await search(name)]).toEqual([name, [expect.stringContaining("WORDS ")]]);
  }
});

/** @input I3 */
test("a title with TeX is found by its words, and keeps its mathematics", async () => {
  await ingestPaper({ title: "On Schr\\\"{o}dinger's $\\infty$-type {\\L}ukasiewicz na{\\\"\\i}vet\\'e" });
  const title = "On Schrödinger's $\\infty$-type Łukasiewicz naïveté";
  for (const words of ["Schrödinger Łukasiewicz", "naïveté"])
    expect(await search(words)).toEqual([`WORDS ${title}`]);
  expect(await countTitled("Schrödinger's $\\infty$-type Łuk")).toBe(1);
});

/** @input I9 */
test.each([
  ["Robert Downey, Jr., Jane Roe and John Smith III", ["Robert Downey Jr.", "Jane Roe", "John Smith III"]],
  ["A. Author, B. Author, et al.", ["A. Author", "B. Author"]],
])("authors keeps suffixes with their names, and omits et al.: %j", async (text, authors) => {
  expect(await authorsOf(text)).toEqual(authors);
});

/** @input I10 */
test.each([
  [
    "The LIGO Scientific Collaboration: B. P. Abbott, R. Abbott",
    ["The LIGO Scientific Collaboration", "B. P. Abbott", "R. Abbott"],
  ],
  [
    "A. Alpha (1), B. Beta (2) ((1) CERN, Geneva, (2) Dept of Physics and Astronomy, Leiden)",
    ["A. Alpha", "B. Beta"],
  ],
])("authors separates collaborations and omits affiliations: %j", async (text, authors) => {
  expect(await authorsOf(text)).toEqual(authors);
});

/** @input I9, I10 */
test("authorsInText agrees with parseAuthors on plain lists of names", () => {
  const random = randomFrom(1);
  const families = [
    "Author",
    "Group",
    "Junior",
    "Ten",
    "Le",
    "Team",
    "Ma",
    "Experiment",
    "Van",
    "Others",
    "Al",
  ];
  for (let nth = 0; nth < 2_000; nth++) {
    const names = Array.from({ length: 1 + random.below(4) }, () => {
      const initials = Array.from(
        { length: 1 + random.below(3) },
        () => `${random.pick(["A", "J", "V", "I"])}. `,
      );
      return `${initials.join("")}${random.pick(families)}`;
    });
    const list = names.reduce((text, name) => `${text}${random.pick([", ", " and ", ", and "])}${name}`);
    expect([list, authorsInText(list)]).toEqual([list, parseAuthors(list).map(({ text }) => text)]);
  }
});

/** @input I22 */
test("composed and decomposed letters match each other in titleContains and search", async () => {
  await ingestPaper({ title: "Schro\u0308dinger cats in superposition" });
  await ingestPaper({ title: "Ångström cats in superposition" });
  for (const text of ["Schrödinger cats", "Schro\u0308dinger cats", "SCHRO\u0308DINGER CATS"]) {
    expect([text, await countTitled(text)]).toEqual([text, 1]);
    expect([text, await search(`${text} superposition`)]).toEqual([
      text,
      ["WORDS Schrödinger cats in superposition"],
    ]);
  }
  for (const text of ["Ångström cats", "A\u030angstro\u0308m cats", "\u212bngstr\u00f6m cats"]) {
    expect([text, await countTitled(text)]).toEqual([text, 1]);
  }
});

/** @input I23 */
test.each([
  ["भारत २०२३ सर्वेक्षण", ["२०२३", "सर्वेक्षण", '"भारत २०२३"']],
  ["دراسة ٢٠٢٣ جديدة", ["٢٠٢٣", "دراسة"]],
  ["การศึกษาใหม่ ที่ ๒๕๖๖", ["ที่", "๒๕๖๖"]],
  ["A zero\u00adwidth and a zwnj می\u200cخواهم", ["zerowidth", "می\u200cخواهم", "میخواهم"]],
])("search treats digits and marks of other scripts as parts of words: %s", async (title, words) => {
  await ingestPaper({ title });
  for (const word of words) expect([word, await search(word)]).toEqual([word, [`WORDS ${title}`]]);
});

/** @input I23 */
test("search does not match a word by its part before a mark", async () => {
  await ingestPaper({ title: "क्षेत्र सिद्धांत" });
  expect(await search("क्षेत्र")).toEqual(["WORDS क्षेत्र सिद्धांत"]);
  expect((await search("क")).filter((found) => found.startsWith("WORDS"))).toEqual([]);
});

/** @input I23 */
test("every assigned character separates words in the database exactly if it does in queries", async () => {
  const { wordPattern: wordShape } = await import("../../src/api/text-search.ts");
  const { rows } = await database.pool.query<{ code: number; words: string }>(
    `SELECT code, pith_graph_words('é' || chr(code) || 'é') AS words FROM generate_series(33, 65535) AS code
     WHERE code NOT BETWEEN 55296 AND 57343 AND unicode_assigned(chr(code))`,
  );
  const differing = rows.filter(({ code, words }) => {
    const text = `é${String.fromCodePoint(code)}é`.normalize("NFKC");
    const invisible = /\u00ad|\u200c|\u200d|\u2060|\ufeff/g;
    const here = text.replace(invisible, "").match(wordShape)?.join(" ");
    return here !== words.trim();
  });
  expect(differing.map(({ code }) => code.toString(16))).toEqual([]);
});
