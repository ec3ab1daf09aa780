import { type AuthorName, foldWhiteSpace, textToTex } from "../text/index.ts";
import type { Entry, EntryPages } from "./bibliography.ts";
import { type RowCount, writeRows } from "./copy-out.ts";

/** Papers as BibTeX, one entry each, with the fields of arXiv and INSPIRE. Accented letters are TeX: `F{\"a}rber`. */
export function bibtex(entries: EntryPages, count: RowCount): AsyncGenerator<Uint8Array> {
  return writeRows(entries, bibtexEntry, count);
}

const months = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");

function bibtexEntry(entry: Entry): string {
  const { key, title, authors, year, month, source_kind, source_id, primary_category, doi, url } = entry;
  const isArxiv = source_kind === "arxiv";
  const fields: (readonly [string, string | null | undefined])[] = [
    // The inner braces preserve capitals.
    ["title", title === null ? null : `{{${textToTex(title)}}}`],
    ["author", authors.length === 0 ? null : `{${authors.map(bibtexAuthor).join(" and ")}}`],
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
function bibtexAuthor(author: AuthorName): string {
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

/** Papers as RIS: records of lines `TAG  - value`, each ended by CR LF, of type unpublished work. */
export function ris(entries: EntryPages, count: RowCount): AsyncGenerator<Uint8Array> {
  return writeRows(entries, risRecord, count);
}

function risRecord(entry: Entry): string {
  const { key, title, authors, year, source_kind, source_id, primary_category, doi, url } = entry;
  const lines: (readonly [string, string | null])[] = [
    ["TY", "UNPB"],
    ["ID", key],
    ["TI", title],
    ...authors.map((author) => ["AU", risAuthor(author)] as const),
    ["PY", year === null ? null : String(year)],
    ["DA", risDate(entry)],
    ["DO", doi],
    ["UR", url],
    ["AN", source_kind === "arxiv" ? `arXiv:${source_id}` : source_id],
    ["KW", primary_category],
    ["N1", entry.pith_number ?? entry.work],
    ["ER", ""],
  ];
  return lines
    .flatMap(([tag, value]) => (value === null ? [] : [`${tag}  - ${foldWhiteSpace(value)}\r\n`]))
    .join("");
}

function risDate({ year, month, day }: Entry): string | null {
  const two = (value: number) => String(value).padStart(2, "0");
  return year === null || month === null || day === null ? null : `${year}/${two(month)}/${two(day)}/`;
}

/** `van der Berg, Jan, Jr.`; without a comma it is the name of a group, or a single word. */
function risAuthor(author: AuthorName): string {
  if (author.kind !== "person") return author.text.replaceAll(",", " ");
  const { particle, family, given, suffix } = author;
  const last = particle === null ? family : `${particle} ${family}`;
  return [last, given, suffix].filter((part) => part !== null).join(", ");
}

/** Papers as CSL-JSON: one array of items, one a line. */
export async function* cslJson(entries: EntryPages, count: RowCount): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  const itemText = (entry: Entry): string => {
    const separator = isFirst ? "" : ",";
    isFirst = false;
    return `${separator}\n${JSON.stringify(cslItem(entry))}`;
  };
  yield Buffer.from("[");
  yield* writeRows(entries, itemText, count);
  yield Buffer.from("\n]\n");
}

function cslItem(entry: Entry): object {
  const { key, title, authors, year, month, day, source_kind, source_id, primary_category, doi, url } = entry;
  const isArxiv = source_kind === "arxiv";
  return {
    id: key,
    // CSL's type for preprints.
    type: "article",
    ...(title === null ? {} : { title }),
    ...(authors.length === 0 ? {} : { author: authors.map(cslName) }),
    ...(year === null
      ? {}
      : { issued: { "date-parts": [[year, month, day].filter((part) => part !== null)] } }),
    ...(isArxiv ? { "container-title": "arXiv", number: `arXiv:${source_id}` } : {}),
    ...(doi === null ? {} : { DOI: doi }),
    ...(url === null ? {} : { URL: url }),
    ...(source_kind === null
      ? {}
      : { archive: isArxiv ? "arXiv" : source_kind, archive_location: source_id }),
    ...(primary_category === null ? {} : { keyword: primary_category }),
    note: entry.pith_number ?? entry.work,
  };
}

/** A person in CSL's parts; `literal` if a name cannot be split. */
function cslName(author: AuthorName): object {
  if (author.kind !== "person") return { literal: author.text };
  const { family, given, particle, suffix } = author;
  return {
    family,
    given,
    ...(particle === null ? {} : { "non-dropping-particle": particle }),
    ...(suffix === null ? {} : { suffix }),
  };
}
