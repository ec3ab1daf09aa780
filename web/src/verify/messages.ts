import type { VerifiedPaper } from "./verify-bundle.ts";

/** What the page hands to the thread that verifies. */
export type VerifyRequest = {
  readonly bundle: ArrayBuffer;
  /** A keyring in JSON that the reader added; empty for none. */
  readonly keyring: string;
  /** Whether the server has the sample loaded, so that the demo key is accepted. */
  readonly hasSample: boolean;
};

/** And what comes back: the result, or why there is none. */
export type VerifyReply =
  | { readonly ok: true; readonly paper: VerifiedPaper }
  | {
      readonly ok: false;
      readonly about: "document" | "keyring";
      readonly code: string;
      readonly message: string;
    };
