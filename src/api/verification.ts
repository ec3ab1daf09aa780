import { CheckResultEnum, ProofEnum } from "./enums.ts";
import { VerificationObject } from "./objects.ts";

VerificationObject.implement({
  description: "The checks that this mirror itself made of a paper.",
  fields: (t) => ({
    proof: t.expose("proof", {
      type: ProofEnum,
      description: "The `effectiveProof` of the current snapshot, otherwise of the record.",
    }),
    recordHash: t.expose("recordHash", {
      type: CheckResultEnum,
      description: "Whether the Pith number is the hash of the canonical record.",
    }),
    receipt: t.expose("receipt", {
      type: CheckResultEnum,
      description: "Whether the signer's Ed25519 receipt over that hash verifies.",
    }),
    titleBinding: t.expose("titleBinding", {
      type: CheckResultEnum,
      description: "Whether the title has the hash that the record states.",
    }),
    claimsHash: t.expose("claimsHash", {
      type: CheckResultEnum,
      description: "Whether the claims have the hash that the snapshot states.",
    }),
    referencesHash: t.expose("referencesHash", {
      type: CheckResultEnum,
      description:
        "Whether the references have the hash that the snapshot states. NOT_CHECKABLE if only part of the list is published.",
    }),
    publishedStateHash: t.expose("publishedStateHash", {
      type: CheckResultEnum,
      description:
        "Whether merging the events of an ingested state document gives its published `state_sha256`. NOT_CHECKABLE if none was " +
        "ingested, or if it lacks events.",
    }),
    equivocations: t.exposeInt("equivocationCount", {
      description:
        "The number of equivocations: places in the history that a signer filled twice. See `Paper.equivocations`.",
    }),
    invalidEvents: t.int({
      description: "The number of invalid events. Same as `State.invalidEventCount`.",
      resolve: ({ eventCount, validEventCount }) => eventCount - validEventCount,
    }),
  }),
});
