import { GraphQLError } from "graphql";
import { builder } from "./builder.ts";
import { JsonText } from "./json-text.ts";

builder.scalarType("DateTime", {
  description:
    "An instant. In answers RFC 3339, in UTC, to the microsecond: `2023-02-23T17:34:53.000000Z`. Arguments take RFC 3339 " +
    "with any offset, also to the minute, and dates alone.",
  serialize: (value) => value,
  parseValue: (value) => {
    if (typeof value === "string") return value;
    throw new GraphQLError("A DateTime is a string.");
  },
});

builder.scalarType("JSON", {
  description:
    "A JSON value of any kind, in canonical JSON (keys sorted by code point, `1.0` apart from `1`, integers of any " +
    "size exact). Its text in the response is the text that hashes were taken over; a reader that goes through " +
    "doubles loses that. Output only.",
  serialize: (value) => {
    if (value instanceof JsonText) return value;
    throw new TypeError("The JSON scalar takes JsonText.");
  },
  parseValue: () => {
    throw new GraphQLError("JSON is for output only.");
  },
});

export const ProofEnum = builder.enumType("Proof", {
  description:
    "How far it is shown that something is its signer's word. From lowest to highest: HASH, RECEIPT, SIGNED.",
  values: {
    SIGNED: {
      value: "signed",
      description: "The event carries its signer's Ed25519 signature, and it verifies.",
    },
    RECEIPT: {
      value: "receipt",
      description:
        "No signature of the event, but its signer's receipt for the canonical record verifies. A receipt is public " +
        "and covers the record alone: the rest of the event (its date, for one) may be anyone's.",
    },
    HASH: {
      value: "hash",
      description:
        "The event's id is the hash of its content, and no more: true as far as one trusts where the document came from.",
    },
  },
});

export const EventTypeEnum = builder.enumType("EventType", {
  description: "What an event says.",
  values: {
    RECORD_CREATED: {
      value: "record_created",
      description: "A canonical record, with the receipt for its hash.",
    },
    GRAPH_SNAPSHOT: { value: "graph_snapshot", description: "Metadata, claims and references of a paper." },
    AUTHOR_ATTESTATION: {
      value: "author_attestation",
      description: "An author stands to a paper or a claim.",
    },
    TIMESTAMP_ANCHOR: {
      value: "timestamp_anchor",
      description: "An outside witness of when something existed.",
    },
    STORAGE_ATTESTATION: { value: "storage_attestation", description: "Somebody keeps a copy." },
    CITATION_SIGNATURE: {
      value: "citation_signature",
      description: "What a citation means: supports, refutes, …",
    },
    REPLICATION_RECORD: { value: "replication_record", description: "A result was tried again." },
    CORRECTION: { value: "correction", description: "Something earlier is corrected." },
    MIRROR_HINT: { value: "mirror_hint", description: "Where else the paper's documents may be had." },
    UNKNOWN: { value: "unknown", description: "None of the types above: kept and listed, never applied." },
  },
});

export const EventStatusEnum = builder.enumType("EventStatus", {
  description: "What the merge of the paper's whole set of events made of an event.",
  values: {
    CURRENT: { value: "current", description: "Applied, and not superseded: part of what is shown." },
    SUPERSEDED: {
      value: "superseded",
      description: "Applied; a later event of its signer has taken its place.",
    },
    NOT_APPLIED: {
      value: "not_applied",
      description:
        "Valid, but its place is held by another event: an equivocation, or proved less than its rival.",
    },
    INVALID: { value: "invalid", description: "Authentic, yet wrong: kept and counted, never applied." },
  },
});

export const CheckResultEnum = builder.enumType("CheckResult", {
  description: "The outcome of a check.",
  values: {
    PASSED: { description: "Computed here, and it fits." },
    FAILED: { description: "Computed here, and it does not fit." },
    NOT_CHECKABLE: { description: "What the check needs is not known here. Not the same as FAILED." },
  } as const,
});

export const ClaimKindEnum = builder.enumType("ClaimKind", {
  description: "The role of a claim in its paper, as the snapshot names it.",
  values: {
    STRONGEST_CLAIM: {
      value: "strongest_claim",
      description: "`strongest_claim`: the most that the paper asserts.",
    },
    WEAKEST_ASSUMPTION: {
      value: "weakest_assumption",
      description: "`weakest_assumption`: what it rests on.",
    },
    ONE_LINE_SUMMARY: { value: "one_line_summary", description: "`one_line_summary`." },
    HEADLINE: { value: "headline", description: "`headline`." },
    OTHER: { value: "other", description: "Any other kind." },
  },
});

export const CitationDirectionEnum = builder.enumType("CitationDirection", {
  description: "Which way citations are followed.",
  values: {
    REFERENCES: { description: "From a work to those that it cites." },
    CITED_BY: { description: "From a work to those that cite it." },
    BOTH: { description: "Both ways, as if citations had no direction." },
  } as const,
});

export const SignerOriginEnum = builder.enumType("SignerOrigin", {
  description: "Where this mirror knows a signer's key from: what the signature is worth here.",
  values: {
    REGISTRY: { value: "registry", description: "The registry's key, built into pith-graph." },
    CONFIGURED: {
      value: "configured",
      description: "A key of this mirror's keyring file: its operator trusts it.",
    },
    SAMPLE: {
      value: "sample",
      description:
        "The demo key of the sample data. Its private key is public, so its signatures prove nothing.",
    },
    UNKNOWN: {
      value: "unknown",
      description: "A key that is no longer in this mirror's keyring. It was when the event was accepted.",
    },
  } as const,
});
