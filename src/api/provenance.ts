import type { Context } from "./context.ts";
import { ProofEnum } from "./enums.ts";
import { EventObject, ProvenanceObject, type ProvenanceRow, SignerObject } from "./objects.ts";
import { required } from "./required.ts";

ProvenanceObject.implement({
  description: "Who says so, and how far that can be checked.",
  fields: (t) => ({
    event: t.field({
      type: EventObject,
      description: "The event that asserts it: the paper's current snapshot.",
      resolve: ({ event }) => event,
    }),
    signer: t.field({
      type: SignerObject,
      description: "Whose word the event is.",
      resolve: ({ event }, _args, { loaders }) => required(loaders.signer.load(event.fingerprint), "signer"),
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
export async function provenanceOf(paperId: bigint, { loaders }: Context): Promise<ProvenanceRow> {
  const { snapshotEventId } = await required(loaders.paper.load(paperId), "paper");
  if (snapshotEventId === null) throw new Error("A paper without a snapshot has claims or references.");
  const event = await required(loaders.event.load({ paperId, eventId: snapshotEventId }), "event");
  return { event, proof: event.standing };
}
