import { GraphQLError } from "graphql";
import { builder } from "./builder.ts";
import { JsonText } from "./execution/index.ts";

builder.scalarType("DateTime", {
  description:
    "An instant in RFC 3339. Results are in UTC to the microsecond (`2023-02-23T17:34:53.000000Z`); arguments may have any " +
    "offset, may omit the seconds, and may be a date alone, which is its first instant in UTC.",
  specifiedByURL: "https://www.rfc-editor.org/rfc/rfc3339",
  serialize: (value) => value,
  parseValue: (value) => {
    if (typeof value === "string") return value;
    throw new GraphQLError("A DateTime is a string.");
  },
});

builder.scalarType("JSON", {
  description:
    "Any JSON value, written as the canonical JSON that hashes are computed over: `1.0` differs from `1`, and integers of any " +
    "size are exact, unless a client parses them as doubles. Output only.",
  specifiedByURL: "https://www.rfc-editor.org/rfc/rfc8259",
  serialize: (value) => {
    if (value instanceof JsonText) return value;
    throw new TypeError("The JSON scalar serializes JsonText only.");
  },
  parseValue: () => {
    throw new GraphQLError("JSON is for output only.");
  },
});

export const ProofEnum = builder.enumType("Proof", {
  description:
    "How an event is proved to come from its signer. From weakest to strongest: HASH, RECEIPT, SIGNED.",
  values: {
    SIGNED: {
      value: "signed",
      description: "The event carries its signer's Ed25519 signature, and the signature verifies.",
    },
    RECEIPT: {
      value: "receipt",
      description:
        "The event is unsigned, but its signer's receipt for the canonical record verifies. The receipt covers the record " +
        "only; anyone may have written the rest of the event, such as its date.",
    },
    HASH: {
      value: "hash",
      description:
        "Only the event's id, the hash of its content, was verified. Who wrote it depends on the source of the document.",
    },
  },
});

export const EventTypeEnum = builder.enumType("EventType", {
  description: "The type of an event.",
  values: {
    RECORD_CREATED: {
      value: "record_created",
      description: "Publishes a canonical record, with the receipt for its hash.",
    },
    GRAPH_SNAPSHOT: {
      value: "graph_snapshot",
      description: "States a paper's metadata, claims and references.",
    },
    AUTHOR_ATTESTATION: {
      value: "author_attestation",
      description: "An author confirms a paper or a claim.",
    },
    TIMESTAMP_ANCHOR: {
      value: "timestamp_anchor",
      description: "A third party witnesses when something existed.",
    },
    STORAGE_ATTESTATION: {
      value: "storage_attestation",
      description: "Someone confirms that they store a copy.",
    },
    CITATION_SIGNATURE: {
      value: "citation_signature",
      description: "States what a citation means: supports, refutes and so on.",
    },
    REPLICATION_RECORD: {
      value: "replication_record",
      description: "Reports an attempt to replicate a result.",
    },
    CORRECTION: { value: "correction", description: "Corrects an earlier statement." },
    MIRROR_HINT: { value: "mirror_hint", description: "Names another location of the paper's documents." },
    UNKNOWN: {
      value: "unknown",
      description:
        "A type that this version does not know. Such events are stored and listed, but never applied.",
    },
  },
});

export const EventStatusEnum = builder.enumType("EventStatus", {
  description: "The status of an event after merging all events of its paper.",
  values: {
    CURRENT: {
      value: "current",
      description: "Applied and not superseded: part of the paper's current state.",
    },
    SUPERSEDED: {
      value: "superseded",
      description: "Applied, then superseded by a later event of its signer.",
    },
    NOT_APPLIED: {
      value: "not_applied",
      description:
        "Valid but not applied: another event holds its place, because of an equivocation or a stronger proof.",
    },
    INVALID: {
      value: "invalid",
      description: "Authentic but wrong, as `invalidReason` says: stored and counted, never applied.",
    },
  },
});

export const CheckResultEnum = builder.enumType("CheckResult", {
  description: "The result of a check that this mirror computed itself.",
  values: {
    PASSED: { description: "The computed value matches." },
    FAILED: { description: "The computed value does not match." },
    NOT_CHECKABLE: {
      description: "The data that the check needs is not stored here. This is not a failure.",
    },
  } as const,
});

export const ClaimKindEnum = builder.enumType("ClaimKind", {
  description: "The role of a claim in its paper, as the snapshot names it.",
  values: {
    STRONGEST_CLAIM: {
      value: "strongest_claim",
      description: "`strongest_claim`: the strongest statement that the paper makes.",
    },
    WEAKEST_ASSUMPTION: {
      value: "weakest_assumption",
      description: "`weakest_assumption`: the least certain premise of the paper.",
    },
    ONE_LINE_SUMMARY: {
      value: "one_line_summary",
      description: "`one_line_summary`: the paper in one line.",
    },
    HEADLINE: { value: "headline", description: "`headline`: a headline for the paper." },
    OTHER: { value: "other", description: "Any other kind." },
  },
});

export const CitationDirectionEnum = builder.enumType("CitationDirection", {
  description: "The direction in which citations are followed.",
  values: {
    REFERENCES: { description: "From a work to the works that it cites." },
    CITED_BY: { description: "From a work to the works that cite it." },
    BOTH: { description: "In both directions, as if citations were undirected." },
  } as const,
});

export const SignerOriginEnum = builder.enumType("SignerOrigin", {
  description: "How this mirror came to trust a signer's key.",
  values: {
    REGISTRY: { value: "registry", description: "The registry's key, built into pith-graph." },
    CONFIGURED: {
      value: "configured",
      description: "A key of this mirror's keyring file, trusted by its operator.",
    },
    SAMPLE: {
      value: "sample",
      description:
        "The demo key of the sample data. Its private key is public, so its signatures prove nothing.",
    },
    UNKNOWN: {
      value: "unknown",
      description: "A key that was in the keyring when the event was accepted, but no longer is.",
    },
  } as const,
});
