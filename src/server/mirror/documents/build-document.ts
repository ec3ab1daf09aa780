import {
  bundleText,
  type JsonObject,
  type PithNumber,
  parseJson,
  sha256OfValue,
} from "../../../protocol/index.ts";
import { type LogRows, mergeLog, parseLog } from "../../../store/index.ts";

export type MirroredDocument = "bundle" | "state" | "description";

/** All that a document is made of, as it is stored. */
export type DocumentParts = {
  readonly document: MirroredDocument;
  readonly pithNumber: PithNumber;
  /** Undefined where no event is stored. */
  readonly rows: LogRows | undefined;
  /** Null where no document has brought it. */
  readonly record: string | null;
};

export type BuiltDocument = {
  /** Of the state. */
  readonly sha256: string;
  /** Of a bundle or a state; null for a bundle where the record, which it must carry, is not known. */
  readonly text: Buffer | null;
  /** Of the record; null where it is not known. For descriptions. */
  readonly canonicalSha256: string | null;
  readonly eventCount: number;
  readonly validCount: number;
};

/** Merges a paper's log and writes the document. Pure; for a large log it takes hundreds of milliseconds. */
export function buildDocument({ document, pithNumber, rows, record: text }: DocumentParts): BuiltDocument {
  const state = mergeLog(pithNumber, rows === undefined ? undefined : parseLog(rows));
  const record = state.canonicalRecord ?? (text === null ? null : (parseJson(text) as JsonObject));
  const { sha256, events, validCount } = state;
  const built = { sha256, eventCount: events.size, validCount, canonicalSha256: null, text: null };
  if (document === "state") return { ...built, text: Buffer.from(state.text) };
  if (record === null) return built;
  if (document === "bundle") return { ...built, text: Buffer.from(bundleText(state, record)) };
  return { ...built, canonicalSha256: sha256OfValue(record) };
}
