import { type AuthorName, textToTex } from "../text/index.ts";
import type { Entry, EntryPages } from "./bibliography.ts";
import { type RowCount, writeRows } from "./copy-out.ts";

/** Papers as BibTeX, one entry each, with the fields of arXiv and INSPIRE. Accented letters are TeX: `F{\"a}rber`. */
export function bibtex(entries: EntryPages, count: RowCount): AsyncGenerator<Uint8Array> {
  return writeRows(entries, entryText, count);
}

const months = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");

function entryText(entry: Entry): string {
  const { key, title, authors, year, month, source_kind, source_id, primary_category, doi, url } = entry;
  const isArxiv = source_kind === "arxiv";
  const fields: (readonly [string, string | null | undefined])[] = [
    // The inner braces preserve capitals.
    ["title", title === null ? null : `{{${textToTex(title)}}}`],
    ["author", authors.length === 0 ? null : `{${authors.map(authorText).join(" and ")}}`],
    ["year", year === null ? null : `{${year}}`],
    ["month", month === null ? null : months[month - 1]],
    ["eprint", isArxiv && source_id !== null ? `{${verbatimText(source_id)}}` : null],
    ["archivePrefix", isArxiv ? "{arXiv}" : null],
    ["primaryClass", isArxiv && primary_category !== null ? `{${textToTex(primary_category)}}` : null],
    ["doi", doi === null ? null : `{${verbatimText(doi)}}`],
    ["url", url === null ? null : `{${verbatimText(url)}}`],
    ["note", `{${textToTex(entry.pith_number ?? entry.work)}}`],
  ];
  const lines = fields.flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [`  ${name} = ${value},\n`],
  );
  return `@misc{${key},\n${lines.join("")}}\n\n`;
}

/** `van der Berg, Jr., Jan`. Other names of several words are in braces, so that BibTeX does not split them. */
function authorText(author: AuthorName): string {
  if (author.kind !== "person") return `{${textToTex(author.text)}}`;
  const { particle, family, suffix, given } = author;
  // In `Souza e Silva`, BibTeX would take everything up to the lower-case word as the particle.
  // And citation-js would split `{\'A}lvarez-Gaum{\'e}`.
  const isGuarded =
    / \p{Ll}/u.test(family) || /(?:^| )and(?: |$)/i.test(family) || /^[^\x00-\x7f].*-/u.test(family);
  const last = isGuarded ? `{${textToTex(family)}}` : textToTex(family);
  const parts = [particle === null ? last : `${textToTex(particle)} ${last}`, suffix, textToTex(given)];
  return parts.filter((part) => part !== null).join(", ");
}

/** An address or a DOI for fields that BibTeX's readers do not parse: only characters that end a field are encoded. */
export function verbatimText(text: string): string {
  return text.replace(/[\\{}\p{Z}\p{C}]/gu, encodeURIComponent);
}
