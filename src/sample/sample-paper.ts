import { createHash } from "node:crypto";
import { arxivIdentity, arxivIdOfDoi, parseDoi } from "../protocol/index.ts";

/** A paper from the sample's sources, before it becomes a record and a snapshot. */
export type SamplePaper = {
  readonly source: {
    readonly kind: "arxiv" | "sample";
    readonly id: string;
    readonly version: number;
  };
  /** RFC 3339, UTC. */
  readonly submittedAt: string;
  readonly license: string;
  /** As in the source: LaTeX, line breaks and accents included. */
  readonly title: string;
  readonly authorsText: string;
  /** Null if the source has none, which differs from an empty one. */
  readonly abstract: string | null;
  readonly primaryCategory: string;
  readonly crossCategories: readonly string[];
  readonly claims: readonly SampleClaim[];
  readonly references: readonly SampleReference[];
};

/** A claim without its number. */
export type SampleClaim = { readonly kind: string; readonly source: string; readonly text: string };

/** A reference from a source; an unknown identifier is "". */
export type SampleReference = {
  /** The raw text: the registry calls it a reference's title. */
  readonly text: string;
  readonly arxivId: string;
  readonly doi: string;
  readonly openAlexId: string;
  readonly year: number | null;
};

/** Whether it identifies a work by more than its raw text: these are counted as `resolved_work`. */
export function hasIdentifier({ arxivId, doi, openAlexId }: SampleReference): boolean {
  return arxivId !== "" || doi !== "" || openAlexId !== "";
}

/** A reference in the registry's form, numbered from 1. An OpenAlex id is used only in the work id. */
export function referenceItem(
  reference: SampleReference,
  index: number,
  isAnchor: (arxivId: string) => boolean,
) {
  const arxivId = arxivIdOf(reference);
  return {
    cited_arxiv_id: reference.arxivId,
    doi: reference.doi,
    is_internal_anchor: arxivId !== null && isAnchor(arxivId),
    ref_index: index,
    title: reference.text,
    work_id: workIdOf(workName(reference)),
    year: reference.year,
  };
}

function arxivIdOf({ arxivId, doi }: SampleReference): string | null {
  if (arxivId !== "") return arxivIdentity(arxivId);
  const parsed = parseDoi(doi);
  return parsed === null ? null : arxivIdOfDoi(parsed);
}

/**
 * One name per identifier, the best that this reference has. If another reference to the same work has only a lesser
 * one, the two get different work ids, as in real data: joining them is the mirror's work.
 */
function workName(reference: SampleReference): string {
  const { arxivId, doi, openAlexId, text } = reference;
  if (arxivId !== "") return `arxiv:${arxivIdentity(arxivId) ?? arxivId}`;
  if (doi !== "") return `doi:${parseDoi(doi) ?? doi}`;
  return openAlexId === "" ? `text:${text}` : `openalex:${openAlexId}`;
}

/** The sample's namespace: an arbitrary UUID that never changes. */
const namespace = Buffer.from("6a0b6ef0c5a94d0f9c3b7f2f4e7a9d11", "hex");

/** The same name always gives the same work id. */
function workIdOf(name: string): string {
  return uuidFromName(namespace, name);
}

/** UUID version 5 (RFC 9562, section 5.5). */
export function uuidFromName(space: Uint8Array, name: string): string {
  const bytes = createHash("sha1").update(space).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
