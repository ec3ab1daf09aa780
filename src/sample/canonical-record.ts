import {
  canonicalTextSha256,
  type JsonObject,
  type PithNumber,
  sha256OfValue,
  suffixOfDigest,
} from "../protocol/index.ts";
import type { SamplePaper } from "./sample-paper.ts";

/** A canonical record with the values derived from it. PROTOCOL section 2. */
export type SampleRecord = {
  readonly value: JsonObject;
  readonly sha256: string;
  readonly pithNumber: PithNumber;
  readonly source: SamplePaper["source"];
};

export function recordOf(paper: SamplePaper): SampleRecord {
  const { source } = paper;
  const value: JsonObject = {
    metadata: {
      // An unknown abstract has no hash; that of "" would mean that it is known to be empty.
      abstract_canon_sha256: paper.abstract === null ? null : canonicalTextSha256(paper.abstract),
      cross_cats_sorted: [...paper.crossCategories].sort(),
      license: paper.license,
      primary_cat: paper.primaryCategory,
      submitted_at: paper.submittedAt,
      title_canon_sha256: canonicalTextSha256(paper.title),
    },
    schema_version: "1.0",
    source: { ...source },
  };
  const sha256 = sha256OfValue(value);
  const pithNumber = `pith:${paper.submittedAt.slice(0, 4)}:${suffixOfDigest(sha256)}` as PithNumber;
  return { value, sha256, pithNumber, source };
}
