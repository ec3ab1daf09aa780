import type { Proof } from "../protocol/index.ts";
import { type BearerToken, bearerTokens, maskedTokens } from "./tokens.ts";
import { minimumProof, wholeNumber } from "./values.ts";
import type { Topic, ValuesOf } from "./variable.ts";

/** Who may submit documents, and how much. The limits hold for each token, unless they say otherwise. */
export type SubmissionSettings = {
  /** None: nobody may. */
  readonly tokens: readonly BearerToken[];
  /** The minimum proof of an accepted event: `hash` or `signed`. */
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
      read: bearerTokens,
      mask: maskedTokens,
    },
    minimumProof: {
      name: "PITH_GRAPH_SUBMISSION_PROOF",
      usual: "signed",
      meaning: "The minimum proof of an accepted event: `signed`, or `hash` to take the submitters' word.",
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
