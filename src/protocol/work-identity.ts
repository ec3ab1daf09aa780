/**
 * The identifiers by which works are told apart: arXiv ids and DOIs, in one spelling each. What a reference
 * or a person writes is read leniently; what comes out is what is compared.
 */

/** Longer texts are no identifiers, and would not fit an index. */
const longest = 200;

const newStyle = /^(\d{4}\.\d{4,5})(?:v([1-9]\d{0,3}))?$/;
/** `hep-th/9711200`, `math.AG/0102003`: the subject class behind the point is no part of the identity. */
const oldStyle = /^([a-z-]+)(?:\.[a-z-]+)?\/(\d{7})(?:v([1-9]\d{0,3}))?$/i;

export type ArxivId = { readonly id: string; readonly version: number | null };

/**
 * Reads an arXiv id: with or without version, `arXiv:` in front, or its https address. Null for anything that
 * does not have the form of one.
 */
export function parseArxivId(text: string): ArxivId | null {
  if (text.length > longest) return null;
  const bare = text
    .trim()
    .replace(/^https?:\/\/(?:www\.|export\.)?arxiv\.org\/(?:abs|pdf|html)\//i, "")
    .replace(/\.pdf$/i, "")
    .replace(/^arxiv:\s*/i, "");
  const modern = newStyle.exec(bare);
  if (modern !== null) return { id: modern[1] as string, version: versionOf(modern[2]) };
  const old = oldStyle.exec(bare);
  if (old === null) return null;
  return { id: `${(old[1] as string).toLowerCase()}/${old[2]}`, version: versionOf(old[3]) };
}

function versionOf(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits);
}

/**
 * The identity of what a record or a reference calls an arXiv id: without its version where it has the form of
 * one, else as written, as long as it could be an identifier at all.
 */
export function arxivIdentity(text: string): string | null {
  const parsed = parseArxivId(text);
  // Most are written as they are compared: then it is the same text, and no second one beside it.
  if (parsed !== null) return parsed.id === text ? text : parsed.id;
  const bare = text.trim();
  return bare !== "" && bare.length <= longest && !/[\s\p{Cc}]/u.test(bare) ? bare : null;
}

const doiShape = /^10\.\d{4,9}(?:\.\d+)*\/[^\s\p{Cc}]+$/u;

/** Reads a DOI, with or without `doi:` or its https address; in lower case, as DOIs are compared. */
export function parseDoi(text: string): string | null {
  if (text.length > longest || text === "") return null;
  const bare = text
    .trim()
    .replace(/^https?:\/\/(?:dx\.|www\.)?doi\.org\//i, "")
    .replace(/^doi:\s*/i, "")
    .replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  return doiShape.test(bare) ? bare : null;
}

const arxivDoi = /^10\.48550\/arxiv\.(.+)$/;

/** The arXiv id for which arXiv itself registered this DOI (as `parseDoi` gives it); null for other DOIs. */
export function arxivIdOfDoi(doi: string): string | null {
  const match = arxivDoi.exec(doi);
  return match === null ? null : arxivIdentity(match[1] as string);
}

/** Reads a work id: any short text that could be an identifier; the registry's are UUIDs. */
export function parseWorkId(text: string): string | null {
  const bare = text.trim();
  return bare !== "" && bare.length <= longest && !/[\s\p{Cc}]/u.test(bare) ? bare : null;
}
