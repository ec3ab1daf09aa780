// What runs in the thread that makes the documents of large papers.
import { parentPort } from "node:worker_threads";
import { type BuiltDocument, buildDocument, type DocumentParts } from "./build-document.ts";

/** A `Buffer` arrives in another thread as the `Uint8Array` that it is. */
export type ThreadReply =
  | { readonly built: Omit<BuiltDocument, "text"> & { readonly text: Uint8Array | null } }
  | { readonly error: Error };

parentPort?.on("message", (parts: DocumentParts) => {
  parentPort?.postMessage(replyTo(parts));
});

function replyTo(parts: DocumentParts): ThreadReply {
  try {
    return { built: buildDocument(parts) };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}
