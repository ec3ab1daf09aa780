import { expect, test } from "vitest";
import { parseAuthors, parseName } from "../../src/text/index.ts";

const namesOf = (list: string) => parseAuthors(list).map(({ text }) => text);

/** Given names, particle, family name and suffix of persons; kind and name of others. */
const partsOf = (list: string) =>
  parseAuthors(list).map((author) =>
    author.kind === "person"
      ? [author.given, author.particle, author.family, author.suffix]
      : [author.kind, author.text],
  );

/** Lists of authors, and their names. */
const lists: readonly (readonly [string, readonly string[]])[] = [
  // Suffixes, degrees and "others".
  ["Robert Downey, Jr., Jane Roe and John Smith III", ["Robert Downey Jr.", "Jane Roe", "John Smith III"]],
  ["A. Author, B. Author, et al.", ["A. Author", "B. Author"]],
  ["A. Author et al", ["A. Author"]],
  ["A. Author and others", ["A. Author"]],
  ["J. Doe, Sr., and K. Roe Jr, Ph.D.", ["J. Doe Sr.", "K. Roe Jr Ph.D."]],
  ["Smith, Jr., John; King, Martin Luther, Jr.", ["John Smith Jr.", "Martin Luther King Jr."]],
  ["A. Author, B. Author, and 35 others", ["A. Author", "B. Author"]],
  ["A. Author, B. Author + 35 others", ["A. Author", "B. Author"]],
  ["A. Author and 12 more authors", ["A. Author"]],
  ["A. Author and A. Others", ["A. Author", "A. Others"]],
  ["John Smith, PhD, MD, Jane Roe, MSc", ["John Smith PhD", "Jane Roe"]],
  // Collaborations and affiliations.
  ["ALICE Collaboration (A. Author, B. Author)", ["ALICE Collaboration", "A. Author", "B. Author"]],
  ["ALICE Collaboration (CERN, Geneva)", ["ALICE Collaboration"]],
  ["Gemini Team Google: Rohan Anil, Jane Roe", ["Gemini Team Google", "Rohan Anil", "Jane Roe"]],
  ["Authors: J. Doe, K. Roe", ["J. Doe", "K. Roe"]],
  ["By Matt Visser", ["Matt Visser"]],
  [
    "The LIGO Scientific Collaboration: B. P. Abbott, R. Abbott",
    ["The LIGO Scientific Collaboration", "B. P. Abbott", "R. Abbott"],
  ],
  [
    "A. Alpha (1), B. Beta (2) ((1) CERN, Geneva, (2) Dept of Physics and Astronomy, Leiden)",
    ["A. Alpha", "B. Beta"],
  ],
  ["A. Alpha (1, 2), B. Beta (2), (1) CERN, Geneva, (2) Leiden and Delft", ["A. Alpha", "B. Beta"]],
  ["A. Alpha (CERN, Geneva), B. Beta [Leiden]", ["A. Alpha", "B. Beta"]],
  ["A. Alpha (CERN, B. Beta", ["A. Alpha", "B. Beta"]],
  ["P. Speaker for the ATLAS Collaboration", ["P. Speaker", "ATLAS Collaboration"]],
  ["P. Speaker (on behalf of the CMS Collaboration)", ["P. Speaker", "CMS Collaboration"]],
  ["G. Aad et al. (ATLAS Collaboration)", ["G. Aad", "ATLAS Collaboration"]],
  [
    "LIGO Scientific Collaboration and Virgo Collaboration",
    ["LIGO Scientific Collaboration", "Virgo Collaboration"],
  ],
  ["The ATLAS and CMS Collaborations", ["The ATLAS and CMS Collaborations"]],
  ["Planck Collaboration: P. Ade; N. Aghanim", ["Planck Collaboration", "P. Ade", "N. Aghanim"]],
  // Separators and orders.
  [
    "Liliana Apolin\\'ario and Raghav Elayavalli and Nuno\n  Olavo",
    ["Liliana Apolinário", "Raghav Elayavalli", "Nuno Olavo"],
  ],
  ["A. Alpha & B. Beta", ["A. Alpha", "B. Beta"]],
  ["Smith, John; Doe, Jane A.", ["John Smith", "Jane A. Doe"]],
  ["Kumar V, Smith JR", ["Kumar V", "Smith JR"]],
  ["Smith, J., Doe, A.-B. and Roe, C", ["J. Smith", "A.-B. Doe", "C Roe"]],
  ["Smith, John and van der Berg, Jan", ["John Smith", "Jan van der Berg"]],
  ["Einstein, Albert", ["Albert Einstein"]],
  [
    "Alice Smith, Bob Jones and Carol White, Dan Brown",
    ["Alice Smith", "Bob Jones", "Carol White", "Dan Brown"],
  ],
  ["F.Bonechi,E.Celeghini,J.-B.Zuber", ["F. Bonechi", "E. Celeghini", "J.-B. Zuber"]],
  ["Peter Chang, J.S.Dowker", ["Peter Chang", "J. S. Dowker"]],
  [
    "A. Alpha \\and B. Beta und C. Gamma et D. Delta with E. Eta",
    ["A. Alpha", "B. Beta", "C. Gamma", "D. Delta", "E. Eta"],
  ],
  ["A. Alpha · B. Beta | C. Gamma", ["A. Alpha", "B. Beta", "C. Gamma"]],
  ["王小明、李华，张伟；陈静", ["王小明", "李华", "张伟", "陈静"]],
  ["أحمد علي، محمد حسن", ["أحمد علي", "محمد حسن"]],
  // Marks that do not belong to a name.
  ["Jos\\'e Gonz$\\acute{a}$lez, K. G$\\ddot{\\rm o}$del$^1$", ["José González", "K. Gödel"]],
  [
    String.raw`A. Alpha$^{1,2}$, B. Beta$ {}^{\dagger}$, C. Gamma*, D. Delta^1`,
    ["A. Alpha", "B. Beta", "C. Gamma", "D. Delta"],
  ],
  ["E. Epsilon¹,², F. Phi1,2 and G. Gamma\\thanks{CERN, Geneva}", ["E. Epsilon", "F. Phi", "G. Gamma"]],
  [
    "A. Alpha (ORCID: 0000-0002-1825-0097), B. Beta 0000-0002-1825-0097, C. Gamma <c@gamma.org>",
    ["A. Alpha", "B. Beta", "C. Gamma"],
  ],
  ["", []],
  [" , ,and ; (1)", []],
  [
    "M. Ruiz--Altaba, A. Lima - Santos, C.- W. Lee, Yu.Makeenko",
    ["M. Ruiz-Altaba", "A. Lima-Santos", "C.-W. Lee", "Yu. Makeenko"],
  ],
  ["王小明, 李华 and 张伟", ["王小明", "李华", "张伟"]],
  ["王小明, 李华", ["王小明", "李华"]],
];

/** @input I9, I10 */
test.each(lists)("reads the authors of %j", (list, names) => {
  expect(namesOf(list)).toEqual(names);
});

test("splits particles, suffixes and family names of several words", () => {
  expect(
    partsOf(
      "Jan van der Berg, Maria de la Cruz, J. O'Neill, Gerard 't Hooft, S. El Boustani, Flávio S. de Souza e Silva",
    ),
  ).toEqual([
    ["Jan", "van der", "Berg", null],
    ["Maria", "de la", "Cruz", null],
    ["J.", null, "O'Neill", null],
    ["Gerard", "'t", "Hooft", null],
    ["S.", "El", "Boustani", null],
    ["Flávio S.", "de", "Souza e Silva", null],
  ]);
  expect(partsOf("van der Berg, Jan; Oscar de la Hoya III")).toEqual([
    ["Jan", "van der", "Berg", null],
    ["Oscar", "de la", "Hoya", "III"],
  ]);
});

test("reads names that look like degrees, particles or initials as names", () => {
  expect(
    partsOf("Jun Ma, En Li, Hon Wong, M. L. Smith, M Smith, O. Babelon, Pietro Fre, Van Nguyen, Kumar V"),
  ).toEqual([
    ["Jun", null, "Ma", null],
    ["En", null, "Li", null],
    ["Hon", null, "Wong", null],
    ["M. L.", null, "Smith", null],
    ["M", null, "Smith", null],
    ["O.", null, "Babelon", null],
    ["Pietro", null, "Fre", null],
    ["Van", null, "Nguyen", null],
    ["V", null, "Kumar", null],
  ]);
});

test("does not divide a name of one word, or without spaces", () => {
  expect(partsOf("Madonna, 王小明")).toEqual([
    ["literal", "Madonna"],
    ["literal", "王小明"],
  ]);
});

test("parseName returns a name that parseAuthors has read unchanged", () => {
  for (const name of lists.flatMap(([, names]) => names)) {
    expect(parseName(name)?.text).toBe(name);
  }
  expect(parseName("Aue, Tanja")).toMatchObject({ kind: "person", given: "Tanja", family: "Aue" });
  expect(parseName(" (1) ")).toBeNull();
});
