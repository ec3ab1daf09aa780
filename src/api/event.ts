import { type AcceptedEvent, type EventId, isEventId, isEventType } from "../protocol/index.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { EventStatusEnum, EventTypeEnum, ProofEnum } from "./enums.ts";
import { badUserInput } from "./errors.ts";
import { JsonText } from "./json-text.ts";
import type { EventRow, EventTypeOrUnknown } from "./loaders/events.ts";
import { EventObject, PaperObject, SignerObject } from "./objects.ts";
import { required } from "./required.ts";

builder.node(EventObject, {
  description:
    "A signer's statement about a paper, stored exactly as published. Its id is the SHA-256 of its nine keys in canonical JSON.",
  id: {
    description: "The global id, derived from the event id.",
    resolve: ({ eventId }) => `sha256:${eventId}`,
  },
  loadMany: (ids, { loaders }) =>
    Promise.all(ids.map((id) => (isEventId(id) ? loaders.eventById.load(digestOf(id)) : null))),
  fields: (t) => ({
    eventId: t.string({
      description: "The event id: `sha256:` and 64 lower-case hex digits.",
      resolve: ({ eventId }) => `sha256:${eventId}`,
    }),
    type: t.field({
      type: EventTypeEnum,
      description: "The type of the event.",
      resolve: ({ type }): EventTypeOrUnknown => (isEventType(type) ? type : "unknown"),
    }),
    status: t.expose("status", {
      type: EventStatusEnum,
      description: "The status after merging all events of the paper.",
    }),
    invalidReason: t.exposeString("reason", {
      nullable: true,
      description:
        "Why the event is INVALID, such as `RECORD_HASH_MISMATCH` or `PREV_EVENT_UNRESOLVED`. Returns null for any other status.",
    }),
    proof: t.expose("proof", {
      type: ProofEnum,
      description: "The event's own proof: the strongest among its accepted copies.",
    }),
    effectiveProof: t.expose("standing", {
      type: ProofEnum,
      description:
        "The proof that counts when events compete: SIGNED if a signed event of the same signer builds on this one, directly or in " +
        "several steps, otherwise `proof`.",
    }),
    signer: t.field({
      type: SignerObject,
      description: "The signer whose statement it is.",
      resolve: ({ fingerprint }, _args, { loaders }) => required(loaders.signer.get(fingerprint), "signer"),
    }),
    target: t.string({
      description: "The part of the paper that the event is about, such as `record` or `graph`.",
      resolve: async (event, _args, context) => (await bodyOf(event, context)).target,
    }),
    createdAt: t.expose("createdAt", {
      type: "DateTime",
      description: "The creation date that the signer states.",
    }),
    payload: t.field({
      type: "JSON",
      description: "The content of the event, exactly as it was hashed.",
      resolve: async (event, _args, context) => new JsonText((await bodyOf(event, context)).payloadText),
    }),
    prevEventId: t.string({
      nullable: true,
      description: "The id of the previous event, stored or not. Returns null if there is none.",
      resolve: async (event, _args, context) => (await bodyOf(event, context)).prevEvent,
    }),
    prevEvent: t.field({
      type: EventObject,
      nullable: true,
      description: "The previous event. Returns null if there is none, or if it is not stored.",
      resolve: async (event, _args, context) => {
        const { prevEvent } = await bodyOf(event, context);
        return prevEvent === null ? null : siblingOf(event, prevEvent, context);
      },
    }),
    supersedesIds: t.stringList({
      description: "The ids of the events that this one supersedes, stored or not.",
      resolve: async (event, _args, context) => [...(await bodyOf(event, context)).supersedes],
    }),
    supersedes: t.field({
      type: [EventObject],
      description: "The stored events that this one supersedes.",
      resolve: async (event, _args, context) => {
        const { supersedes } = await bodyOf(event, context);
        const found = await Promise.all(supersedes.map((id) => siblingOf(event, id, context)));
        return found.filter((row) => row !== null);
      },
    }),
    paper: t.field({
      type: PaperObject,
      nullable: true,
      description: "The paper that the event is about. Returns null if its canonical record is not stored.",
      resolve: ({ paperId }, _args, { loaders }) => loaders.paper.get(paperId),
    }),
    receivedAt: t.expose("receivedAt", {
      type: "DateTime",
      description: "When this mirror accepted the event.",
    }),
  }),
});

/** An event id as the tables have it. */
export function digestOf(id: EventId): string {
  return id.slice("sha256:".length);
}

function bodyOf(
  { paperId, eventId }: EventRow,
  { loaders }: Context,
): AcceptedEvent | Promise<AcceptedEvent> {
  return required(loaders.eventBody.load({ paperId, eventId }), "event");
}

/** Events are linked within one paper only. */
function siblingOf({ paperId }: EventRow, id: EventId, { loaders }: Context): Promise<EventRow | null> {
  return loaders.event.load({ paperId, eventId: digestOf(id) });
}

builder.queryField("event", (t) =>
  t.field({
    type: EventObject,
    nullable: true,
    description: "Looks up an event by its event id. Returns null if it is not stored.",
    args: {
      id: t.arg.string({
        required: true,
        description: "The event id: `sha256:` and 64 lower-case hex digits.",
      }),
    },
    resolve: (_root, { id }, { loaders }) => {
      if (!isEventId(id)) throw badUserInput("An event id is `sha256:` and 64 lower-case hex digits.");
      return loaders.eventById.load(digestOf(id));
    },
  }),
);
