import {
  bundleText,
  type Equivocation,
  type JsonObject,
  type PithNumber,
  parseJson,
  sha256OfValue,
} from "../protocol/index.ts";
import { type LogText, mergeLog, parseLog } from "./event-log.ts";

export type PaperDocument = "bundle" | "state" | "description";

/** The stored parts of a document. */
export type DocumentParts = {
  readonly document: PaperDocument;
  readonly pithNumber: PithNumber;
  /** Undefined if no events are stored. */
  readonly log: LogText | undefined;
  /** Null if no document contained the record. */
  readonly record: string | null;
};

export type BuiltDocument = {
  /** Hash of the state. */
  readonly sha256: string;
  /** UTF-8 of a bundle or a state; null for a bundle if the record, which it must contain, is unknown. */
  readonly text: Buffer | null;
  /** For a state: ids of the applied events, one per line. */
  readonly applied: Buffer | null;
  /** For a state. */
  readonly equivocations: readonly Equivocation[];
  /** Hash of the record, for descriptions; null if the record is unknown. */
  readonly canonicalSha256: string | null;
  readonly eventCount: number;
  readonly validCount: number;
};

/** In a buffer of its own, so that a thread can transfer it. */
function utf8(text: string): Buffer {
  return Buffer.from(new TextEncoder().encode(text).buffer);
}

/** Merges a paper's log and builds the document. Pure; takes hundreds of milliseconds for a large log. */
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

/** The ids of the events applied by a state, in merge order. */
export function appliedEventIds({ applied }: BuiltDocument): string[] {
  const text = applied?.toString() ?? "";
  return text === "" ? [] : text.split("\n");
}
