import { CheckResultEnum, ProofEnum } from "./enums.ts";
import { VerificationObject } from "./objects.ts";

VerificationObject.implement({
  description:
    "What this mirror checked of a paper by itself, when its events came in. Nothing here is taken from anybody's word.",
  fields: (t) => ({
    proof: t.expose("proof", {
      type: ProofEnum,
      description:
        "How far what is shown is proved: the standing of the current snapshot, else of the record. An event's " +
        "standing is its own proof, or SIGNED where a signed event of the same signer is built on it.",
    }),
    recordHash: t.expose("recordHash", {
      type: CheckResultEnum,
      description: "Is the Pith number the hash of the canonical record?",
    }),
    receipt: t.expose("receipt", {
      type: CheckResultEnum,
      description: "Does the registry's Ed25519 receipt over that hash verify?",
    }),
    titleBinding: t.expose("titleBinding", {
      type: CheckResultEnum,
      description: "Does the title shown have the hash that the signed record holds?",
    }),
    claimsHash: t.expose("claimsHash", {
      type: CheckResultEnum,
      description: "Do the claims have the hash that the snapshot gives for them?",
    }),
    referencesHash: t.expose("referencesHash", {
      type: CheckResultEnum,
      description:
        "Do the references have the hash that the snapshot gives for them? NOT_CHECKABLE where only a part of the " +
        "list is published.",
    }),
    publishedStateHash: t.expose("publishedStateHash", {
      type: CheckResultEnum,
      description:
        "Does merging a state document that was taken in give the `state_sha256` it was published with? " +
        "NOT_CHECKABLE where none was taken in, or it carries fewer events than it counts.",
    }),
    equivocations: t.exposeInt("equivocationCount", {
      description: "Places in the paper's history that a signer filled twice: forks. 0 is what one wants.",
    }),
    invalidEvents: t.int({
      description: "Events that are authentic, yet wrong: kept, never applied.",
      resolve: ({ eventCount, validEventCount }) => eventCount - validEventCount,
    }),
  }),
});
