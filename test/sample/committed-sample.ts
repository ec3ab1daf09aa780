import { readText } from "../../scripts/sample/packed-text.ts";
import { sampleFolder } from "../../scripts/sample/sample-folder.ts";
import {
  createKeyring,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseJson,
  parseKeyring,
} from "../../src/protocol/index.ts";

export function readSample(name: string): string {
  const text = readText(new URL(name, sampleFolder));
  if (text === null) throw new Error(`sample/${name} is missing.`);
  return text;
}

/** The documents of a committed file, as texts. */
export function readLines(name: string): string[] {
  return readSample(name).trimEnd().split("\n");
}

export const sampleEntries = parseKeyring(parseJson(readSample("keyring.json")));
export const sampleKeyring = createKeyring(sampleEntries);

export type Reference = {
  cited_arxiv_id: string;
  doi: string;
  is_internal_anchor: boolean;
  ref_index: number;
  title: string;
  work_id: string;
  year: number | null;
};

export type Snapshot = {
  claims: { count: number; items: { claim_id: string; kind: string; text: string; status: string }[] };
  paper: { title: string; abstract_excerpt?: string; authors_text: string };
  references: { count: number; internal_anchors: number; resolved_work: number; sample: Reference[] };
  source: { id: string; version: number };
};

/** The one snapshot of a sample's bundle. */
export function snapshotOf(text: string): Snapshot {
  const bundle = parseJson(text) as JsonObject;
  const event = (bundle["events"] as JsonValue[]).find(
    (item) => isJsonObject(item) && item["event_type"] === "graph_snapshot",
  ) as { payload: { graph_snapshot: unknown } } | undefined;
  return event?.payload.graph_snapshot as Snapshot;
}
