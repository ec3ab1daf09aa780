import { type JsonObject, shortLengths, suffixOf } from "../protocol/index.ts";
import { recordOf, type SampleRecord } from "./canonical-record.ts";
import { graphSnapshot, recordCreated, type SampleEvent, sampleTime } from "./sample-event.ts";
import type { SamplePaper } from "./sample-paper.ts";
import { snapshotOf } from "./snapshot.ts";

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
