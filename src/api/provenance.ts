import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import {
  EventObject,
  PaperObject,
  ProvenanceObject,
  type ProvenanceRow,
  SignerObject,
  VerificationObject,
} from "./objects.ts";
import { required } from "./required.ts";
import { ProofEnum, SignerOriginEnum } from "./scalars-and-enums.ts";
import { originOf } from "./signer-origin.ts";

SignerObject.implement({
  description:
    "A signer and its key. Keys are trusted by configuration, never by a document; `origin` tells where from.",
  fields: (t) => ({
    keyId: t.exposeString("keyId", { description: "The key's name: `pith-v1-2026-05`." }),
    fingerprint: t.exposeString("fingerprint", {
      description: "The first 32 hex digits of SHA-256 over the raw public key.",
    }),
    signerId: t.exposeString("signerId", { description: "Whose key it is: `pith.science`." }),
    signerType: t.exposeString("signerType", { description: "`pith_registry`, …" }),
    origin: t.field({
      type: SignerOriginEnum,
      description:
        "Where this mirror knows the key from: built in, configured, the sample's, or no longer trusted.",
      resolve: ({ fingerprint }, _args, { keyring }) => originOf(fingerprint, keyring),
    }),
  }),
});

ProvenanceObject.implement({
  description: "Who says so, and how far that can be checked.",
  fields: (t) => ({
    event: t.field({
      type: EventObject,
      description: "The event that asserts it: the paper's current snapshot, or its record.",
      resolve: ({ event }) => event,
    }),
    signer: t.field({
      type: SignerObject,
      description: "Whose word the event is.",
      resolve: ({ event }, _args, { loaders }) => required(loaders.signer.get(event.fingerprint), "signer"),
    }),
    proof: t.expose("proof", {
      type: ProofEnum,
      description:
        "How far that is proved: the event's standing. It may be better than the event's own `proof`, where a " +
        "signed event of the same signer is built on it.",
    }),
  }),
});

/** The provenance of a row of a paper's current snapshot: of its claims and references. */
export async function provenanceOf(paperId: bigint, context: Context): Promise<ProvenanceRow> {
  const { snapshotEventId } = await required(context.loaders.paper.get(paperId), "paper");
  const provenance = await eventProvenance(paperId, snapshotEventId, context);
  if (provenance === null) throw new Error("A paper without a snapshot has claims or references.");
  return provenance;
}

async function eventProvenance(
  paperId: bigint,
  eventId: string | null,
  { loaders }: Context,
): Promise<ProvenanceRow | null> {
  if (eventId === null) return null;
  const event = await required(loaders.event.get({ paperId, eventId }), "event");
  return { event, proof: event.standing };
}

builder.objectFields(PaperObject, (t) => ({
  recordProvenance: t.field({
    type: ProvenanceObject,
    nullable: true,
    description:
      "Who says what the canonical record says: its source, when it was submitted, its primary and other categories. " +
      "Null where the record came beside the events and none of them states it: then only its hash vouches for it.",
    resolve: ({ paperId, recordEventId }, _args, context) => eventProvenance(paperId, recordEventId, context),
  }),
  snapshotProvenance: t.field({
    type: ProvenanceObject,
    nullable: true,
    description:
      "Who says what the current snapshot says: title, authors, abstract, headline, verdict, and the counts of " +
      "`referenceCoverage`. Null where no snapshot is known: then what of these is null or empty is not known, " +
      "rather than none.",
    resolve: ({ paperId, snapshotEventId }, _args, context) =>
      eventProvenance(paperId, snapshotEventId, context),
  }),
}));

builder.objectField(VerificationObject, "signer", (t) =>
  t.field({
    type: SignerObject,
    nullable: true,
    description:
      "Whose word `proof` is about: the signer of the current snapshot, else of the record. Null where no event states either.",
    resolve: async ({ paperId, snapshotEventId, recordEventId }, _args, context) => {
      const provenance = await eventProvenance(paperId, snapshotEventId ?? recordEventId, context);
      return provenance === null
        ? null
        : required(context.loaders.signer.get(provenance.event.fingerprint), "signer");
    },
  }),
);
