import { type JsonObject, type JsonValue, sha256OfValue, shortLengths, suffixOf } from "../protocol/index.ts";
import {
  graphSnapshot,
  recordCreated,
  recordOf,
  type SampleEvent,
  type SampleRecord,
  sampleBuilder,
  sampleTime,
} from "./sample-event.ts";
import { hasIdentifier, referenceItem, type SampleClaim, type SamplePaper } from "./sample-paper.ts";

/** The bundle of a paper: its record and one snapshot, both signed. */
export function bundleOfPaper(paper: SamplePaper, isAnchor: (arxivId: string) => boolean): JsonObject {
  const record = recordOf(paper);
  return bundleOf(record, [recordCreated(record), graphSnapshot(record, snapshotOf(paper, isAnchor))]);
}

/** A `pith_open_graph_bundle`. PROTOCOL section 4. */
export function bundleOf(record: SampleRecord, events: SampleEvent[]): JsonObject {
  return {
    bundle_type: "pith_open_graph_bundle",
    bundle_version: "1.0",
    canonical_record: record.value,
    canonical_sha256: record.sha256,
    events,
    pith_number: record.pithNumber,
    short_pith_number: `pith:${suffixOf(record.pithNumber).slice(0, shortLengths[0])}`,
    source: { ...record.source },
    source_aliases: aliasesOf(record),
  };
}

/** Only aliases that follow from the record (PROTOCOL 6.3): others would be unproved. */
function aliasesOf({ pithNumber, source }: SampleRecord): JsonObject[] {
  const aliases = shortLengths.map((length) => [
    `pith_short_${length}`,
    suffixOf(pithNumber).slice(0, length),
  ]);
  if (source.kind === "arxiv") {
    aliases.unshift(
      ["arxiv", source.id],
      ["arxiv_version", `${source.id}v${source.version}`],
      ["doi", `10.48550/arxiv.${source.id}`],
    );
  }
  return aliases.map(([kind = "", value = ""]) => ({
    alias_kind: kind,
    alias_value: value,
    created_at: sampleTime,
  }));
}

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
