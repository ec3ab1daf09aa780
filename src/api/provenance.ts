import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { ProofEnum } from "./enums.ts";
import {
  EventObject,
  PaperObject,
  ProvenanceObject,
  type ProvenanceRow,
  SignerObject,
  VerificationObject,
} from "./objects.ts";
import { required } from "./required.ts";

ProvenanceObject.implement({
  description: "Who asserts something, and how far that is proved.",
  fields: (t) => ({
    event: t.field({
      type: EventObject,
      description: "The event that asserts it: the paper's current snapshot or record.",
      resolve: ({ event }) => event,
    }),
    signer: t.field({
      type: SignerObject,
      description: "The signer of the event.",
      resolve: ({ event }, _args, { loaders }) => required(loaders.signer.get(event.fingerprint), "signer"),
    }),
    proof: t.expose("proof", {
      type: ProofEnum,
      description:
        "How far the assertion is proved. Same as `event.effectiveProof`, which may be stronger than `event.proof`.",
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
      "Who asserts the canonical record: source, submission date and categories. Returns null if no event states the record, so " +
      "that only its hash proves it.",
    resolve: ({ paperId, recordEventId }, _args, context) => eventProvenance(paperId, recordEventId, context),
  }),
  snapshotProvenance: t.field({
    type: ProvenanceObject,
    nullable: true,
    description:
      "Who asserts the current snapshot: title, authors, abstract, headline, verdict, claims and references. Returns null if no " +
      "snapshot is stored; null or empty values of these fields then mean unknown.",
    resolve: ({ paperId, snapshotEventId }, _args, context) =>
      eventProvenance(paperId, snapshotEventId, context),
  }),
}));

builder.objectField(VerificationObject, "signer", (t) =>
  t.field({
    type: SignerObject,
    nullable: true,
    description:
      "The signer whose statement `proof` is about: that of the current snapshot, otherwise of the record. Returns null if no " +
      "event states either.",
    resolve: async ({ paperId, snapshotEventId, recordEventId }, _args, context) => {
      const provenance = await eventProvenance(paperId, snapshotEventId ?? recordEventId, context);
      return provenance === null
        ? null
        : required(context.loaders.signer.get(provenance.event.fingerprint), "signer");
    },
  }),
);
