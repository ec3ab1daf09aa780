import { Cite, plugins } from "@citation-js/core";
import "@citation-js/plugin-bibtex";
import "@citation-js/plugin-ris";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bibliographyFile, type CitableRef, type PaperSet } from "../../src/export/index.ts";

import { workIdOf } from "../../src/row-rules/index.ts";
import { documentOf, referenceOf } from "../api/fixtures/documents.ts";
import { ingestTexts } from "../api/fixtures/library.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { exported } from "./exported.ts";

type Name = { literal?: string; family?: string; given?: string; "non-dropping-particle"?: string };
type Item = {
  id: string;
  title: string;
  author?: Name[];
  issued?: { "date-parts": number[][] };
  type: string;
};

const papers = {
  ratings: {
    title: "Predicting Companies' ESG Ratings from News\n  Articles Using Multivariate Timeseries Analysis",
    authors: 'Tanja Aue, Adam Jatowt, Michael F\\"arber',
  },
  types: { title: "Normalization and coherence for $\\infty$-type theories", authors: "Taichi Uemura" },
  hematite: {
    title: "Hematite ($\\alpha\\text{-Fe}_2\\text{O}_3$) films, 100\\% pure",
    authors: "Adri\\'an P\\'erez-Salinas, Liliana Apolin\\'ario, Fernando Pinto-G\\'omez",
  },
  atlas: { title: "A search", authors: "ATLAS Collaboration" },
  horizon: {
    title: "First M87 results",
    authors:
      "The Event Horizon Telescope Collaboration, Jan van der Berg, Flávio S. de Souza e Silva, Gerard 't Hooft, J. O'Neill, Madonna, 王小明",
  },
  rain: { title: "Predicting rain", authors: "Tanja Aue, Luis Álvarez-Gaumé" },
  snow: { title: "Predicting snow", authors: "Tanja Aue" },
  summer: { title: "L'été d'Euler", authors: "Tanja Aue" },
  hostile: {
    title: "$\\input{/etc/passwd}$ costs $5 and $10, \\write18{rm} $x%$ }{ $\\alpha",
    authors: "Łukasz Øster",
  },
} as const;
type PaperName = keyof typeof papers;

const documents = Object.entries(papers).map(([, { title, authors }], index) =>
  documentOf({
    arxivId: `2212.0000${index}`,
    submittedAt: "2022-12-09T11:31:40Z",
    title,
    authors,
    references: index === 0 ? [referenceOf(1, { arxivId: "1810.04805", title: "BERT:\n Pre-training" })] : [],
  }),
);

let database: TestDatabase;

beforeAll(async () => {
  // Without conversion of titles to sentence case.
  plugins.config.get("@bibtex").parse.sentenceCase = "never";
  database = await createTestDatabase();
  await ingestTexts(
    database,
    documents.map(({ text }) => text),
  );
});
afterAll(() => database.drop());

function refOf(name: PaperName): CitableRef {
  const document = documents[Object.keys(papers).indexOf(name)];
  if (document === undefined) throw new Error(`There is no paper ${name}.`);
  return { kind: "paper", pithNumber: document.pithNumber };
}
const bert: CitableRef = { kind: "work", workId: workIdOf("arxiv:1810.04805") };

async function textOf(
  format: "bibtex" | "ris" | "csl-json",
  ...refs: readonly CitableRef[]
): Promise<string> {
  const set: PaperSet = refs.length === 0 ? {} : { refs };
  return (await exported(database, bibliographyFile(format, set))).text;
}

async function itemsOf(
  format: "bibtex" | "ris" | "csl-json",
  ...refs: readonly CitableRef[]
): Promise<Item[]> {
  const forceType = { bibtex: "@bibtex/text", ris: "@ris/file", "csl-json": "@else/json" }[format];
  return new Cite(await textOf(format, ...refs), { forceType }).data as Item[];
}

const displayName = ({ literal, given, family, "non-dropping-particle": particle }: Name) =>
  literal ?? [given, particle, family].filter((part) => part !== undefined).join(" ");

describe.each(["bibtex", "ris", "csl-json"] as const)("%s", (format) => {
  /** @input I3 */
  test("reads accented letters from any TeX spelling", async () => {
    const [ratings, hematite] = await itemsOf(format, refOf("ratings"), refOf("hematite"));
    expect(ratings?.author?.map(displayName)).toEqual(["Tanja Aue", "Adam Jatowt", "Michael Färber"]);
    expect(hematite?.author?.map(displayName)).toEqual([
      "Adrián Pérez-Salinas",
      "Liliana Apolinário",
      "Fernando Pinto-Gómez",
    ]);
  });
});

/** @input I3 */
test("BibTeX writes accents as TeX", async () => {
  expect(await textOf("bibtex", refOf("ratings"))).toContain(
    'author = {Aue, Tanja and Jatowt, Adam and F{\\"a}rber, Michael},',
  );
});

/** @input I11 */
test("BibTeX keeps balanced mathematics, and escapes the rest", async () => {
  const text = await textOf("bibtex", refOf("types"), refOf("hematite"));
  expect(text).toContain("title = {{Normalization and coherence for $\\infty$-type theories}},");
  expect(text).toContain("title = {{Hematite ($\\alpha\\text{-Fe}_2\\text{O}_3$) films, 100\\% pure}},");
});

/** @input I11 */
test("BibTeX escapes commands of a title, and unbalanced dollars and braces", async () => {
  const text = await textOf("bibtex", refOf("hostile"));
  const [title] = text.match(/(?<=title = \{\{).*(?=\}\},)/) ?? [];
  expect(title).toBe(
    String.raw`\${\textbackslash}input{\textbraceleft}/etc/passwd{\textbraceright}\$ costs \$5 and \$10, ` +
      String.raw`{\textbackslash}write18rm \$x\%\$ {\textbraceright}{\textbraceleft} \${\textbackslash}alpha`,
  );
});

/** @input I16 */
test("BibTeX puts the names of groups in braces", async () => {
  expect(await textOf("bibtex", refOf("atlas"))).toContain("author = {{ATLAS Collaboration}},");
  expect(await textOf("bibtex", refOf("horizon"))).toContain(
    "author = {{The Event Horizon Telescope Collaboration} and van der Berg, Jan and ",
  );
  const [atlas, horizon] = await itemsOf("bibtex", refOf("atlas"), refOf("horizon"));
  // citation-js returns a name in braces as a family name only.
  expect(atlas?.author?.map(displayName)).toEqual(["ATLAS Collaboration"]);
  expect(horizon?.author?.map(displayName)).toEqual([
    "The Event Horizon Telescope Collaboration",
    "Jan van der Berg",
    "Flávio S. de Souza e Silva",
    "Gerard 't Hooft",
    "J. O'Neill",
    "Madonna",
    "王小明",
  ]);
});

/** @input I1, I17 */
test("RIS has family names first, and the title on one line", async () => {
  expect((await textOf("ris", refOf("ratings"))).split("\r\n").slice(0, 7)).toEqual([
    "TY  - UNPB",
    "ID  - aue2022predicting",
    "TI  - Predicting Companies' ESG Ratings from News Articles Using Multivariate Timeseries Analysis",
    "AU  - Aue, Tanja",
    "AU  - Jatowt, Adam",
    "AU  - Färber, Michael",
    "PY  - 2022",
  ]);
  const horizon = await textOf("ris", refOf("horizon"));
  expect(horizon.match(/(?<=^AU {2}- ).*(?=\r)/gm)).toEqual([
    "The Event Horizon Telescope Collaboration",
    "van der Berg, Jan",
    "de Souza e Silva, Flávio S.",
    "'t Hooft, Gerard",
    "O'Neill, J.",
    "Madonna",
    "王小明",
  ]);
});

/** @input I16 */
test("BibTeX keeps a hyphenated family name that begins with an accent together", async () => {
  const [rain] = await itemsOf("bibtex", refOf("rain"));
  expect(rain?.author?.map(({ family }) => family)).toEqual(["Aue", "Álvarez-Gaumé"]);
});

/** @input I1, I17 */
test("CSL-JSON splits names into family and given name, except those that cannot be split", async () => {
  const [ratings, horizon] = await itemsOf("csl-json", refOf("ratings"), refOf("horizon"));
  expect(ratings).toMatchObject({
    id: "aue2022predicting",
    type: "article",
    title: "Predicting Companies' ESG Ratings from News Articles Using Multivariate Timeseries Analysis",
    author: [
      { family: "Aue", given: "Tanja" },
      { family: "Jatowt", given: "Adam" },
      { family: "Färber", given: "Michael" },
    ],
    issued: { "date-parts": [[2022, 12, 9]] },
    "container-title": "arXiv",
  });
  expect(horizon?.author).toEqual([
    { literal: "The Event Horizon Telescope Collaboration" },
    { family: "Berg", given: "Jan", "non-dropping-particle": "van der" },
    { family: "Souza e Silva", given: "Flávio S.", "non-dropping-particle": "de" },
    { family: "Hooft", given: "Gerard", "non-dropping-particle": "'t" },
    { family: "O'Neill", given: "J." },
    { literal: "Madonna" },
    { literal: "王小明" },
  ]);
});

/** @input I34 */
describe("citation keys", () => {
  const keys = async (...refs: readonly CitableRef[]) =>
    (await textOf("bibtex", ...refs)).match(/(?<=^@misc\{).*(?=,)/gm) ?? [];

  test("consist of family name, year and the first significant word, in ASCII", async () => {
    expect(
      await keys(refOf("ratings"), refOf("types"), refOf("hematite"), refOf("atlas"), refOf("horizon")),
    ).toEqual([
      "aue2022predicting",
      "uemura2022normalization",
      "perezsalinas2022hematite",
      "atlas2022search",
      "eventhorizontelescope2022first",
    ]);
    expect(await keys(refOf("hostile"))).toEqual(["oster2022costs"]);
    expect(await keys(refOf("summer"))).toEqual(["aue2022lete"]);
  });

  test("are unique in a file, and the same for any order of the papers", async () => {
    const names = ["ratings", "rain", "snow"] as const;
    const found = await keys(...names.map(refOf));
    expect([...found].sort()).toEqual(["aue2022predicting", "aue2022predictinga", "aue2022predictingb"]);
    const turned = await keys(...names.toReversed().map(refOf));
    expect(turned.toReversed()).toEqual(found);
    // The same keys in an export of all papers.
    const all = await textOf("csl-json");
    const notes = new Map(
      (JSON.parse(all) as { id: string; note: string }[]).map(({ id, note }) => [note, id]),
    );
    expect(names.map((name) => notes.get((refOf(name) as { pithNumber: string }).pithNumber))).toEqual(found);
  });
});

describe("a bibliography of named papers", () => {
  test("contains each once, in the order in which they are named", async () => {
    const order = [refOf("types"), refOf("ratings"), bert, refOf("atlas"), refOf("types")];
    for (const format of ["bibtex", "ris", "csl-json"] as const) {
      expect((await itemsOf(format, ...order)).map(({ title }) => title.slice(0, 4))).toEqual([
        "Norm",
        "Pred",
        "BERT",
        "A se",
      ]);
    }
  });

  /** @input I1 */
  test("may contain works that are only cited", async () => {
    const text = await textOf("bibtex", bert);
    expect(text).toContain("@misc{arxiv-1810.04805,\n  title = {{BERT: Pre-training}},\n");
    expect(text).toContain("eprint = {1810.04805},\n  archivePrefix = {arXiv},\n");
    expect(text).toContain("url = {https://arxiv.org/abs/1810.04805},\n");
    expect(JSON.parse(await textOf("csl-json", bert))).toMatchObject([
      { id: "arxiv-1810.04805", URL: "https://arxiv.org/abs/1810.04805" },
    ]);
  });
});
