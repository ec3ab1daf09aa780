import { serverUrl } from "../routing/index.ts";
import { type Comparison, compare, fetchServerInfo } from "./compare.ts";
import type { VerifiedPaper } from "./verify-bundle.ts";

export type Verification = {
  /** Size of the bundle. */
  readonly bytes: number;
  /** Duration of hashing, verification and merge. */
  readonly milliseconds: number;
  readonly paper: VerifiedPaper;
  readonly comparison: Comparison;
};

/** Why a paper could not be verified; `about` says whether the document, the keyring or the network is the cause. */
export class VerifyError extends Error {
  override readonly name = "VerifyError";
  readonly about: "document" | "keyring" | "network";

  constructor(message: string, about: "document" | "keyring" | "network") {
    super(message);
    this.about = about;
  }
}

/**
 * Fetches a paper's bundle, verifies it in this browser, and compares the API's values with it. Rejects with a
 * VerifyError, with an ApiError, or with the signal's reason if aborted.
 */
export async function verifyPaper(
  pithNumber: string,
  keyring: string,
  signal: AbortSignal,
): Promise<Verification> {
  const [server, bundle] = await Promise.all([
    fetchServerInfo(pithNumber, signal),
    fetchBundle(pithNumber, signal),
  ]);
  if (server === null) throw new VerifyError("The server no longer has this paper.", "network");
  const bytes = bundle.byteLength;
  const started = performance.now();
  const paper = await verifyInWorker({ bundle, keyring, hasSample: server.hasSample }, signal);
  const milliseconds = performance.now() - started;
  if (paper.pithNumber !== pithNumber) {
    throw new VerifyError(`The bundle belongs to another paper: ${paper.pithNumber}.`, "document");
  }
  return { bytes, milliseconds, paper, comparison: compare(server, paper) };
}

async function fetchBundle(pithNumber: string, signal: AbortSignal): Promise<ArrayBuffer> {
  const suffix = pithNumber.slice("pith:0000:".length);
  let response: Response;
  try {
    response = await fetch(serverUrl(`pith/${suffix}/bundle.json`), { signal, cache: "no-store" });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new VerifyError("The bundle could not be fetched: the server did not answer.", "network");
  }
  if (!response.ok) {
    throw new VerifyError(
      `The server has no bundle of this paper (HTTP status ${response.status}).`,
      "network",
    );
  }
  return response.arrayBuffer();
}

function verifyInWorker(request: VerifyRequest, signal: AbortSignal): Promise<VerifiedPaper> {
  const thread = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  return new Promise<VerifiedPaper>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    thread.addEventListener("message", ({ data }: MessageEvent<VerifyReply>) => {
      if (data.ok) resolve(data.paper);
      else reject(new VerifyError(data.message, data.about));
    });
    thread.addEventListener("error", () =>
      reject(new VerifyError("This browser could not run the verification code.", "network")),
    );
    thread.postMessage(request, [request.bundle]);
  }).finally(() => thread.terminate());
}

/** The request to the worker. */
export type VerifyRequest = {
  readonly bundle: ArrayBuffer;
  /** A JSON keyring that the reader added; empty for none. */
  readonly keyring: string;
  /** Whether the server has the sample, so that the demo key is accepted. */
  readonly hasSample: boolean;
};

/** The worker's reply: the result, or why there is none. */
export type VerifyReply =
  | { readonly ok: true; readonly paper: VerifiedPaper }
  | {
      readonly ok: false;
      readonly about: "document" | "keyring";
      readonly code: string;
      readonly message: string;
    };
