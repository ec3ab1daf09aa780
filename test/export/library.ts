import type { Database } from "../../src/store/index.ts";
import { claimOf, documentOf, referenceOf, type SyntheticDocument } from "../api/fixtures/documents.ts";
import { ingestTexts } from "../api/fixtures/library.ts";

/** Titles that break naive writers of CSV, XML, TeX, RIS and other formats. */
export const hostileTitles = [
  "Quotes \"double\", 'single', commas; semicolons",
  "</data></node><script>alert(1)</script> & <!-- so on",
  "Lines\r\nof\ttheir own\n*Arcs\n1 2\nER  - ",
  "\\input{/etc/passwd} $\\alpha_1^2$ 100% {unbalanced #1 & ~tilde^",
  '=HYPERLINK("http://example.org") \\. \u0001\u001f\u2028 \ufffe end',
  "日本語 𝔐 é ﬁ \u202eright to left",
];
export const hostileAuthors = 'Smith Sons, Ada Lovelace, {Brace}, "Quoted" Person, Łukasz Ż, others';

export function arxivIdOf(index: number): string {
  return `2301.0000${index}`;
}

/** Each paper is a year older than the one before, so that a chain of anchors goes back in time. */
function paperAt(index: number): SyntheticDocument {
  const next = index + 1;
  return documentOf({
    arxivId: arxivIdOf(index),
    submittedAt: `${2020 - index}-03-04T05:06:07.${index}8Z`,
    title: hostileTitles[index] ?? "",
    authors: hostileAuthors,
    abstract: `An abstract of ${index}`,
    category: index < 4 ? "hep-th" : "gr-qc",
    crossCategories: ["math-ph"],
    claims: [claimOf(1, "strongest_claim", `${hostileTitles[index]} holds`)],
    references: [
      // Each is anchored in the next, and cites the one after that.
      ...(next < hostileTitles.length
        ? [referenceOf(1, { arxivId: arxivIdOf(next), isInternalAnchor: true })]
        : []),
      ...(next + 1 < hostileTitles.length ? [referenceOf(2, { arxivId: arxivIdOf(next + 1) })] : []),
      referenceOf(3, { doi: '10.1000/a"b;c,d', isInternalAnchor: index === 0, title: "Not stored" }),
      referenceOf(4, { title: hostileTitles[index] ?? "" }),
    ],
    referencesAsserted: 9,
    aliases:
      index === 0
        ? [{ alias_kind: "doi", alias_value: "10.1103/published_1", created_at: "2026-06-01T12:00:00Z" }]
        : [],
  });
}

export const documents: readonly SyntheticDocument[] = hostileTitles.map((_, index) => paperAt(index));

export function fill(database: Database, order: readonly SyntheticDocument[] = documents): Promise<void> {
  return ingestTexts(
    database,
    order.map(({ text }) => text),
  );
}
