import type { JudgedDocument } from "../../protocol/index.ts";

/** Reasons for which other keys might accept an event. */
const keyReasons: ReadonlySet<string> = new Set(["UNKNOWN_SIGNER", "SIGNER_MISMATCH", "KEY_NOT_VALID"]);

/**
 * The settings of this mirror that might accept a submission of which no event was accepted, as sentences for its
 * operator and its submitter. Empty where no setting would: its events are altered or malformed.
 */
export function acceptanceAdvice(
  refused: readonly Pick<JudgedDocument["refused"][number], "reason">[],
): string {
  const sentences: string[] = [];
  if (refused.some(({ reason }) => keyReasons.has(reason))) {
    sentences.push("PITH_GRAPH_KEYRING names a file of further keys that this mirror is to trust.");
  }
  if (refused.some(({ reason }) => reason === "UNSIGNED")) {
    sentences.push(
      "With PITH_GRAPH_SUBMISSION_PROOF=hash this mirror accepts events without signatures: it then takes the word of " +
        "everyone with a token for who says what.",
    );
  }
  return sentences.join(" ");
}
