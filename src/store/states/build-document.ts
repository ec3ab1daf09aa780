import {
  bundleText,
  type Equivocation,
  type JsonObject,
  type PithNumber,
  parseJson,
  sha256OfValue,
} from "../../protocol/index.ts";
import { type LogText, mergeLog, parseLog } from "../log.ts";

export type PaperDocument = "bundle" | "state" | "description";

/** All that a document is made of, as it is stored. */
export type DocumentParts = {
  readonly document: PaperDocument;
  readonly pithNumber: PithNumber;
  /** Undefined where nothing is stored. */
  readonly log: LogText | undefined;
  /** Null where no document has brought it. */
  readonly record: string | null;
};

export type BuiltDocument = {
  /** Of the state. */
  readonly sha256: string;
  /** UTF-8, of a bundle or a state; null for a bundle where the record, which it must carry, is not known. */
  readonly text: Buffer | null;
  /** Of a state: ids of the events that were applied, one a line. */
  readonly applied: Buffer | null;
  /** Of a state. */
  readonly equivocations: readonly Equivocation[];
  /** Of the record; null where it is not known. For descriptions. */
  readonly canonicalSha256: string | null;
  readonly eventCount: number;
  readonly validCount: number;
};

/** Has its memory for itself, so that a thread can give it away. */
function utf8(text: string): Buffer {
  return Buffer.from(new TextEncoder().encode(text).buffer);
}

/** Merges a paper's log and writes the document. Pure; for a large log it takes hundreds of milliseconds. */
export function buildDocument({ document, pithNumber, log, record: text }: DocumentParts): BuiltDocument {
  const state = mergeLog(pithNumber, log === undefined ? undefined : parseLog(log));
  const { sha256, events, validCount } = state;
  const built = {
    sha256,
    eventCount: events.size,
    validCount,
    canonicalSha256: null,
    text: null,
    applied: null,
    equivocations: [],
  };
  if (document === "state") {
    const applied = utf8([...state.applied].join("\n"));
    return { ...built, text: utf8(state.text), applied, equivocations: state.equivocations };
  }
  const record = state.canonicalRecord ?? (text === null ? null : (parseJson(text) as JsonObject));
  if (record === null) return built;
  if (document === "bundle") return { ...built, text: utf8(bundleText(state, record)) };
  return { ...built, canonicalSha256: sha256OfValue(record) };
}

/** The ids of the events that a state has applied, in merge order. */
export function appliedEventIds({ applied }: BuiltDocument): string[] {
  const text = applied?.toString() ?? "";
  return text === "" ? [] : text.split("\n");
}
