import type { Proof } from "../protocol/index.ts";
import { ConfigError } from "./config-error.ts";
import { list, minimumProof, wholeNumber } from "./values.ts";
import type { Topic, ValuesOf } from "./variable.ts";

/** A bearer token that may submit documents. Only its hash is known here. */
export type SubmitToken = {
  /** For people; the first 16 hex digits of the hash where none is given. */
  readonly name: string;
  /** Of the token's UTF-8 bytes; 32 bytes. */
  readonly sha256: Buffer;
};

/** Who may submit documents, and how much. The limits hold for each token, unless they say otherwise. */
export type SubmissionSettings = {
  /** None: nobody may. */
  readonly tokens: readonly SubmitToken[];
  /** The least proof of an event that is let in. */
  readonly minimumProof: Proof;
  /** Larger documents are refused with TOO_LARGE. */
  readonly maximumDocumentBytes: number;
  /** Of one request's body, unpacked. */
  readonly maximumRequestBytes: number;
  readonly documentsPerMinute: number;
  readonly bytesPerMinute: number;
  /** What may wait in the queue, of all tokens together. */
  readonly maximumQueuedDocuments: number;
  readonly maximumQueuedBytes: number;
};

const amount = wholeNumber(1, 2 ** 40);

export const submissions = {
  title: "Submissions",
  variables: {
    tokens: {
      name: "PITH_GRAPH_TOKENS",
      meaning:
        "Who may submit: `name:sha256` of each token, separated by commas. Nobody where it is not set.",
      read: submitTokens,
      mask: (given: string) =>
        list(given, "")
          .map((entry) => entry.replace(/[0-9a-f]{64}$/i, "***"))
          .join(","),
    },
    minimumProof: {
      name: "PITH_GRAPH_SUBMISSION_PROOF",
      usual: "signed",
      meaning: "The least proof of an event that is let in: `hash`, `receipt` or `signed`.",
      read: minimumProof,
    },
    maximumDocumentBytes: {
      name: "PITH_GRAPH_SUBMISSION_BYTES",
      usual: "8388608",
      meaning: "Larger documents are refused.",
      read: wholeNumber(1, 2 ** 28),
    },
    maximumRequestBytes: {
      name: "PITH_GRAPH_REQUEST_BYTES",
      usual: "67108864",
      meaning: "Bytes of one request's body, unpacked.",
      read: amount,
    },
    documentsPerMinute: {
      name: "PITH_GRAPH_DOCUMENTS_PER_MINUTE",
      usual: "6000",
      meaning: "Documents a minute.",
      read: amount,
    },
    bytesPerMinute: {
      name: "PITH_GRAPH_BYTES_PER_MINUTE",
      usual: "268435456",
      meaning: "Bytes a minute.",
      read: amount,
    },
    maximumQueuedDocuments: {
      name: "PITH_GRAPH_QUEUE_DOCUMENTS",
      usual: "100000",
      meaning: "Documents that may wait, of all tokens together.",
      read: amount,
    },
    maximumQueuedBytes: {
      name: "PITH_GRAPH_QUEUE_BYTES",
      usual: "4294967296",
      meaning: "Bytes that may wait, of all tokens together.",
      read: amount,
    },
  },
} as const satisfies Topic;

/** A submission is no larger than any document may be. */
export function submissionSettings(
  { tokens = [], ...values }: ValuesOf<typeof submissions>,
  largestDocument: number,
): SubmissionSettings {
  return {
    ...values,
    tokens,
    maximumDocumentBytes: Math.min(largestDocument, values.maximumDocumentBytes),
  };
}

/** Reads `name:sha256, sha256, …`. What is wrong is not repeated: it may be a token itself. */
function submitTokens(given: string, variable: string): SubmitToken[] {
  return list(given, variable).map((entry, index) => {
    const [, name, hex = ""] = /^(?:([^:]+):)?([0-9a-f]{64})$/i.exec(entry) ?? [];
    if (hex === "") {
      throw new ConfigError(
        `${variable} takes SHA-256 hashes of tokens, each as 64 hex digits or name:digits, separated by commas; ` +
          `entry ${index + 1} is none. \`pith-graph token\` makes a token and its hash.`,
      );
    }
    return { name: name ?? hex.slice(0, 16).toLowerCase(), sha256: Buffer.from(hex, "hex") };
  });
}
