import { type JsonObject, type JsonValue, sha256OfValue } from "../protocol/index.ts";
import { sampleBuilder } from "./sample-event.ts";
import type { SampleClaim, SamplePaper } from "./sample-paper.ts";
import { hasIdentifier, referenceItem } from "./sample-reference.ts";

/** The seed's abstracts are cut off after this many characters. */
const excerptLength = 600;

/**
 * The `graph_snapshot` of a paper, in the registry's form. It has no verdict and no headline: only the registry gives
 * those. `isAnchor` decides whether the paper of an arXiv id counts as one of the registry's, so that a reference to it
 * is an internal anchor.
 */
export function snapshotOf(paper: SamplePaper, isAnchor: (arxivId: string) => boolean): JsonObject {
  const claims = paper.claims.map(claimItem);
  const references = paper.references.map((reference, index) =>
    referenceItem(reference, index + 1, isAnchor),
  );
  return {
    author_claims: { count: 0, snapshot_sha256: partSha256([]), strong_count: 0 },
    builder_version: sampleBuilder,
    claims: { count: claims.length, items: claims, snapshot_sha256: partSha256(claims) },
    formal_canon: { evidence_count: 0, snapshot_sha256: partSha256([]) },
    paper: {
      // Absent, not empty, if it is unknown.
      ...(paper.abstract === null ? {} : { abstract_excerpt: excerptOf(paper.abstract) }),
      authors_text: paper.authorsText,
      cross_cats: [...paper.crossCategories].sort(),
      license: paper.license,
      primary_cat: paper.primaryCategory,
      submitted_at: paper.submittedAt,
      title: paper.title,
    },
    references: {
      count: references.length,
      internal_anchors: references.filter((item) => item.is_internal_anchor).length,
      resolved_work: paper.references.filter(hasIdentifier).length,
      sample: references,
      snapshot_sha256: partSha256(references),
    },
    source: { ...paper.source },
  };
}

function claimItem(claim: SampleClaim, index: number): JsonObject {
  return { attestation: "unclaimed", claim_id: `C${index + 1}`, status: "sample_extracted", ...claim };
}

/** Cuts by code points: splitting a surrogate pair would produce text that is invalid in documents. */
function excerptOf(abstract: string): string {
  return [...abstract.trim().replace(/\s+/g, " ")].slice(0, excerptLength).join("");
}

/** `sha({"payload": items})` of PROTOCOL section 2. */
function partSha256(items: JsonValue[]): string {
  return sha256OfValue({ payload: items });
}
