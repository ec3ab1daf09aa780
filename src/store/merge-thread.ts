// The thread that merges the logs of large papers.
import { parentPort } from "node:worker_threads";
import { type BuiltDocument, buildDocument, type DocumentParts } from "./build-document.ts";

/** A `Buffer` arrives in another thread as a plain `Uint8Array`. */
type Texts = Record<"text" | "applied", Uint8Array | null>;
export type ThreadReply =
  | { readonly built: Omit<BuiltDocument, keyof Texts> & Texts }
  | { readonly error: Error };

parentPort?.on("message", (parts: DocumentParts) => {
  const reply = replyTo(parts);
  const texts = "built" in reply ? [reply.built.text, reply.built.applied] : [];
  // Transferred instead of copied.
  parentPort?.postMessage(
    reply,
    texts.flatMap((text) => (text === null ? [] : [text.buffer as ArrayBuffer])),
  );
});

function replyTo(parts: DocumentParts): ThreadReply {
  try {
    return { built: buildDocument(parts) };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}
