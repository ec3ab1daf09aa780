import { type ArxivId, arxivIdOfDoi, parseArxivId, parseDoi } from "./work-identity.ts";

/** What a person may name a paper by. */
export type PaperRef =
  /** A Pith number: the whole suffix, or its first 8, 12 or 16 characters; `year` where it was given. */
  | { readonly kind: "pith"; readonly suffix: string; readonly year: string | null }
  | ({ readonly kind: "arxiv" } & ArxivId)
  | { readonly kind: "doi"; readonly doi: string }
  /** Names a work, never a paper. */
  | { readonly kind: "work_id"; readonly workId: string };

const suffixShape = /^(?:[A-Z2-7]{8}|[A-Z2-7]{12}|[A-Z2-7]{16}|[A-Z2-7]{26})$/;
const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const pithAddress =
  /^https?:\/\/[^/?#]+\/(?:\.well-known\/)?pith\/([^/?#]+?)(?:\/(?:bundle|state)\.json)?(?:\.json)?\/?(?:[?#].*)?$/i;

/**
 * Reads whatever names a paper or a work: a Pith number in full, `pith:ROU4N4IR`, a suffix or its first 8, 12 or
 * 16 characters, an arXiv id with or without version and `arXiv:`, a DOI, the https address of any of these, or a
 * work id (UUID). Null where it is none of them.
 */
export function parsePaperRef(text: string): PaperRef | null {
  const ref = text.trim();
  if (ref.length > 300) return null;
  const address = pithAddress.exec(ref);
  const pith = /^pith:(?:(\d{4}):)?(.+)$/i.exec(decodeAddress(address?.[1]) ?? ref);
  const suffix = (pith?.[2] ?? decodeAddress(address?.[1]) ?? ref).toUpperCase();
  if (suffixShape.test(suffix)) return { kind: "pith", suffix, year: pith?.[1] ?? null };
  if (pith !== null || address !== null) return null;
  if (uuidShape.test(ref)) return { kind: "work_id", workId: ref.toLowerCase() };
  const arxiv = parseArxivId(ref);
  if (arxiv !== null) return { kind: "arxiv", ...arxiv };
  const doi = parseDoi(decodeAddress(ref) ?? ref);
  if (doi === null) return null;
  const id = arxivIdOfDoi(doi);
  return id === null
    ? { kind: "doi", doi }
    : { kind: "arxiv", ...(parseArxivId(id) ?? { id, version: null }) };
}

/** Addresses may carry escapes, `%2F` for one. */
function decodeAddress(text: string | undefined): string | undefined {
  if (text === undefined || !text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
