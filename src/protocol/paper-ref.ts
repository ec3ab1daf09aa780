import { parseWorkId, readWorkName, type WorkName } from "./work-identity.ts";
import { tidyName, withoutLead, withoutTrail } from "./written-name.ts";

/** The ways in which a person may name a paper. */
export type PaperRef =
  /** A Pith number: the complete suffix, or its first 8, 12 or 16 characters; `year` if it was given. */
  | { readonly kind: "pith"; readonly suffix: string; readonly year: string | null }
  | WorkName
  /** Names a work, never a paper. */
  | { readonly kind: "work_id"; readonly workId: string };

/** Maximum length of a reference, in characters. */
const longest = 600;

const suffixShape = /^(?:[A-Z2-7]{8}|[A-Z2-7]{12}|[A-Z2-7]{16}|[A-Z2-7]{26})$/;
const uuidShape = /^(?:urn:uuid:)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const pithAddress =
  /^https?:\/\/[^/?#]+\/(?:\.well-known\/)?(?:pith|paper)\/(?:pith:(\d{4}):)?(?:pith:)?([A-Z2-7]+)(?:\/(?:bundle|state)\.json)?(?:\.json)?\/?(?:[?#].*)?$/i;
/** The page of a paper in an explorer. */
const paperPage = /^https?:\/\/[^\s/?#]+\/paper\/(.+)$/i;
const pithNumber = /^pith:(?: ?(\d{4}):)? ?(.+)$/i;

/**
 * Parses any name of a paper or a work: a Pith number in full, `pith:ROU4N4IR`, a suffix or its first 8, 12 or 16
 * characters, an arXiv id, a DOI, the address of any of these, or a work id (UUID), in the spellings of `readWorkName`.
 * Null for any other text.
 */
export function parsePaperRef(text: string): PaperRef | null {
  if (text.length > longest) return null;
  const ref = withoutTrail(withoutLead(tidyName(text)));
  const match = pithAddress.exec(ref) ?? pithNumber.exec(ref);
  const suffix = (match?.[2] ?? ref).toUpperCase();
  if (suffixShape.test(suffix)) return { kind: "pith", suffix, year: match?.[1] ?? null };
  const page = paperPage.exec(ref)?.[1];
  if (page !== undefined) return parsePaperRef(page);
  if (match !== null) return null;
  const workId = uuidShape.test(ref) ? parseWorkId(ref) : null;
  return workId === null ? readWorkName(text) : { kind: "work_id", workId };
}
