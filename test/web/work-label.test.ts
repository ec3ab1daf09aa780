import { expect, test } from "vitest";
import { truncateLabel, workLabel } from "../../web/src/graph/work-label.ts";
import { extractTitle } from "../../web/src/text/cited-title.ts";
import { displayYear, formatYear } from "../../web/src/text/format.ts";

const work = {
  authors: [],
  year: null,
  statedYear: null,
  submittedAt: null,
  title: null,
  ref: "hep-th/9711200",
};

test.each([
  [["Juan Maldacena"], "Maldacena 1997"],
  [["N. Seiberg", "E. Witten"], "Seiberg & Witten 1997"],
  [["Kimin Lee", "Hao Liu", "Moonkyung Ryu"], "Lee et al. 1997"],
  [["Gerard 't Hooft"], "'t Hooft 1997"],
  [["Peter van Nieuwenhuizen"], "van Nieuwenhuizen 1997"],
  [["Robert Downey, Jr."], "Downey 1997"],
  [["Maldacena, Juan"], "Maldacena 1997"],
  [["ATLAS Collaboration"], "ATLAS Collaboration 1997"],
])("workLabel of a work by %j is %s", (authors, label) => {
  expect(workLabel({ ...work, authors, title: "A title", submittedAt: "1997-11-27T00:00:00Z" })).toBe(label);
});

test("workLabel uses the title of a work without authors, and the identifier without a title", () => {
  expect(workLabel({ ...work, title: "The Large N Limit of Superconformal Field Theories" })).toBe(
    "The Large N Limit of…",
  );
  expect(workLabel(work)).toBe("hep-th/9711200");
});

test("truncateLabel cuts between words, or within a word that is too long", () => {
  expect(truncateLabel("one two three four", 13)).toBe("one two…");
  expect(truncateLabel("W".repeat(50), 10)).toBe(`${"W".repeat(9)}…`);
  expect(truncateLabel("exactly", 7)).toBe("exactly");
});

// References of the sample.
test.each([
  [
    "Jacob Devlin, Ming-Wei Chang, Kenton Lee, and Kristina Toutanova. 2019. BERT: Pre-training of deep bidirectional transformers. In NAACL.",
    "BERT: Pre-training of deep bidirectional transformers",
  ],
  [
    "Ethier, S. N. and Lee, J. (2010). A Markovian slot machine and Parrondo's paradox. The Annals of Applied Probability, 20(3), 1098-1125.",
    "A Markovian slot machine and Parrondo's paradox",
  ],
  [
    "A. Rosinol, A. Gupta, M. Abate, J. Shi, and L. Carlone, “3D dynamic scene graphs: Actionable spatial perception,” arXiv preprint arXiv:2002.06289, 2020.",
    "3D dynamic scene graphs: Actionable spatial perception",
  ],
  [
    "Baltrušaitis, T.; Ahuja, C.; and Morency, L.-P. 2018. Multimodal machine learning: A survey and taxonomy. IEEE transactions 41(2): 423–443.",
    "Multimodal machine learning: A survey and taxonomy",
  ],
  [
    "Ball, J. M., and James, R. D. Fine phase mixtures as minimizers of energy. Arch. Rational Mech. Anal. 100 (1987), 13–52.",
    "Fine phase mixtures as minimizers of energy",
  ],
  [
    "Jirí Adámek, Stefan Milius, Nathan Bowler, and Paul Blain Levy. Coproducts of monads on set. In LICS 2012, pages 45–54.",
    "Coproducts of monads on set",
  ],
  [
    "M. Abouzaid, M. McLean, and I. Smith, Complex cobordism, Hamiltonian loops and global Kuranishi charts, 2021.",
    "Complex cobordism, Hamiltonian loops and global Kuranishi charts",
  ],
  [
    "Cheng, Y., Wang, D., Zhou, P., Zhang, T.: A survey of model compression and acceleration. arXiv preprint arXiv:1710.09282 (2017)",
    "A survey of model compression and acceleration",
  ],
  [
    "Bayles AV, Squires TM, Helgeson ME. Dark-field differential dynamic microscopy. Soft Matter. 2016;12(8):2440-52.",
    "Dark-field differential dynamic microscopy",
  ],
  [
    "Hongyan Jing. Using hidden markov modeling to decompose human-written summaries. Computational linguistics, 28(4), 2002.",
    "Using hidden markov modeling to decompose human-written summaries",
  ],
  ["Kant, I. (1781). Critik der reinen Vernunft.", "Critik der reinen Vernunft"],
])("extractTitle finds the title in %s", (text, title) => {
  expect(extractTitle(text)).toBe(title);
});

test.each([
  "A General Language Assistant as a Laboratory for Alignment",
  "The Large N Limit of Superconformal Field Theories and Supergravity",
  "C. E. Detar and J. B. Kogut, Phys. Rev. Lett. 59, 399 (1987)",
  "Attention Is All You Need",
  "On finitary functors. A presentation",
  "E., and Wang, W",
  "",
])("extractTitle keeps a title, or a reference without one, unchanged: %s", (text) => {
  expect(extractTitle(text)).toBe(text);
});

test("displayYear and formatYear show the identifier's year, and the stated one if it differs", () => {
  expect(displayYear({ year: 2022, statedYear: 2005 })).toEqual({ year: 2022, citedAs: 2005 });
  expect(formatYear({ year: 2022, statedYear: 2005 })).toBe("2022 (cited as 2005)");
  expect(formatYear({ year: 2022, statedYear: null })).toBe("2022");
  expect(formatYear({ year: 2005, statedYear: 2004, submittedAt: "2004-02-03T00:00:00Z" })).toBe("2004");
  expect(formatYear({ year: null, statedYear: null })).toBe(null);
});

test("extractTitle returns long and hostile references unchanged", () => {
  for (const text of [
    "A".repeat(5_000),
    "A. ".repeat(2_000),
    "Aa, B. ".repeat(2_000),
    `${"Aa ".repeat(3_000)}!`,
    '"'.repeat(3_000),
  ]) {
    expect(extractTitle(text)).toBe(text.trim());
  }
});
