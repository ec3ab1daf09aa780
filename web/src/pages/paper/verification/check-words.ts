import type { PaperAnswer } from "../paper-query.ts";

export type CheckName = Exclude<
  keyof PaperAnswer["verification"],
  "proof" | "equivocations" | "invalidEvents"
>;
export type CheckResult = PaperAnswer["verification"]["recordHash"];

type Words = { readonly question: string } & Readonly<Record<CheckResult, string>>;

/** What is checked of a paper, and what each outcome means. */
export const checkWords: Readonly<Record<CheckName, Words>> = {
  recordHash: {
    question: "Is the Pith number the hash of the record?",
    PASSED: "Hashing the canonical record gives the number.",
    FAILED: "The record has another hash than the number says.",
    NOT_CHECKABLE: "No record is known to take the hash of.",
  },
  receipt: {
    question: "Did the registry receipt the record?",
    PASSED: "Its Ed25519 signature over the record's hash verifies.",
    FAILED: "There is a receipt, and its signature does not verify.",
    NOT_CHECKABLE: "The record came without a receipt.",
  },
  titleBinding: {
    question: "Is the title the one in the record?",
    PASSED: "The title shown has the hash that the record holds.",
    FAILED: "The title shown has another hash than the record holds.",
    NOT_CHECKABLE: "No title is known, or the record holds no hash of one.",
  },
  claimsHash: {
    question: "Are these all the claims, unaltered?",
    PASSED: "Hashing them gives what the snapshot says.",
    FAILED: "They have another hash than the snapshot says.",
    NOT_CHECKABLE: "No snapshot is known.",
  },
  referencesHash: {
    question: "Are these all the references, unaltered?",
    PASSED: "Hashing them gives what the snapshot says.",
    FAILED: "They have another hash than the snapshot says.",
    NOT_CHECKABLE: "Only a part of the list is published, and the hash is over all of it.",
  },
  publishedStateHash: {
    question: "Does a published state hold together?",
    PASSED: "Merging it anew gives the hash that it was published with.",
    FAILED: "Merging it anew gives another hash than it was published with.",
    NOT_CHECKABLE: "No whole state document was taken in: the paper came as events.",
  },
};

export const resultWords: Readonly<Record<CheckResult, string>> = {
  PASSED: "passed",
  FAILED: "failed",
  NOT_CHECKABLE: "cannot be checked",
};
