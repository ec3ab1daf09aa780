import { type Equivocation, isEventType, mergeVersion } from "../protocol/index.ts";
import { appliedEventIds } from "../store/states/index.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { EventTypeEnum } from "./enums.ts";
import { digestOf } from "./event.ts";
import { JsonText } from "./json-text.ts";
import type { PaperRow } from "./loaders/papers.ts";
import { EventObject, PaperObject, SignerObject, StateObject } from "./objects.ts";
import { required } from "./required.ts";

StateObject.implement({
  description:
    "The result of merging all events of a paper. Mirrors that store the same events compute the same state, byte for byte.",
  fields: (t) => ({
    sha256: t.exposeString("stateSha256", {
      description:
        "The SHA-256 of the canonical JSON of `document` without its `state_sha256`, in lower-case hex.",
    }),
    mergeVersion: t.string({ description: "The version of the merge rules.", resolve: () => mergeVersion }),
    eventCount: t.exposeInt("eventCount", {
      description: "The number of distinct events, valid and invalid.",
    }),
    validEventCount: t.exposeInt("validEventCount", {
      description: "The number of valid events.",
    }),
    invalidEventCount: t.int({
      description: "The number of invalid events: authentic, but wrong.",
      resolve: ({ eventCount, validEventCount }) => eventCount - validEventCount,
    }),
    equivocationCount: t.exposeInt("equivocationCount", {
      description:
        "The number of equivocations. Same as `Verification.equivocations`; see `Paper.equivocations`.",
    }),
    appliedEventIds: t.stringList({
      description: "The ids of the applied events, including superseded ones, in merge order.",
      resolve: async (paper, _args, context) => appliedEventIds(await mergedState(paper, context)),
    }),
    document: t.field({
      type: "JSON",
      description: "The complete state document. Large: it contains the payload of every event.",
      resolve: async (paper, _args, context) => {
        const { text } = await mergedState(paper, context);
        const { allowance, loaders } = context;
        // Many requests may have waited for the same state: each takes milliseconds to make a string of it.
        if (allowance.isTurnOver) await allowance.pause(loaders.batches);
        return new JsonText((text ?? "null").toString());
      },
    }),
  }),
});

function mergedState({ paperId, pithNumber }: PaperRow, { loaders }: Context) {
  return required(loaders.state.load({ paperId, pithNumber }), "log");
}

type PaperEquivocation = Equivocation & Pick<PaperRow, "paperId">;

const EquivocationObject = builder.objectRef<PaperEquivocation>("Equivocation").implement({
  description: "A fork: several signed events of one signer that compete for one place in a paper's history.",
  fields: (t) => ({
    type: t.field({
      type: EventTypeEnum,
      description: "The type of the events.",
      resolve: ({ eventType }) => (isEventType(eventType) ? eventType : "unknown"),
    }),
    target: t.exposeString("target", { description: "The part of the paper that the events are about." }),
    signer: t.field({
      type: SignerObject,
      description: "The signer who published all of the events.",
      resolve: ({ fingerprint }, _args, { loaders }) => required(loaders.signer.get(fingerprint), "signer"),
    }),
    prevEventId: t.exposeString("prevEvent", {
      nullable: true,
      description: "The id of the event that the events follow. Returns null if there is none.",
    }),
    events: t.field({
      type: [EventObject],
      description: "The event that held the place first, then the competing ones in merge order.",
      resolve: ({ paperId, eventIds }, _args, { loaders }) =>
        Promise.all(
          eventIds.map((id) => required(loaders.event.load({ paperId, eventId: digestOf(id) }), "event")),
        ),
    }),
  }),
});

builder.objectField(PaperObject, "equivocations", (t) =>
  t.field({
    type: [EquivocationObject],
    description: "The equivocations in the paper's history. Usually empty.",
    resolve: async (paper, _args, context) => {
      if (paper.equivocationCount === 0) return [];
      const { equivocations } = await mergedState(paper, context);
      return equivocations.map((equivocation) => ({ ...equivocation, paperId: paper.paperId }));
    },
  }),
);
