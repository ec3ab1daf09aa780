import { DocumentError, KeyringError, parseJson, parseKeyring } from "../../../src/protocol/index.ts";
import { verifyBundle } from "./verify-bundle.ts";
import type { VerifyReply, VerifyRequest } from "./verify-paper.ts";

// Verification takes a while, so it runs in a worker to keep the page responsive.

addEventListener("message", ({ data }: MessageEvent<VerifyRequest>) => {
  postMessage(replyTo(data));
});

function replyTo({ bundle, keyring, hasSample }: VerifyRequest): VerifyReply {
  let about: "document" | "keyring" = "keyring";
  try {
    const added = keyring.trim() === "" ? [] : parseKeyring(parseJson(keyring));
    about = "document";
    return { ok: true, paper: verifyBundle(new Uint8Array(bundle), { added, hasSample }) };
  } catch (error) {
    if (error instanceof KeyringError) return { ok: false, about, code: "KEYRING", message: error.message };
    if (error instanceof DocumentError) return { ok: false, about, code: error.code, message: error.message };
    throw error;
  }
}
