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
    "A signed event: somebody's statement about a paper, kept exactly. Its id is the SHA-256 of its nine keys in " +
    "canonical JSON.",
  id: { description: "Made of the event id.", resolve: ({ eventId }) => `sha256:${eventId}` },
  loadMany: (ids, { loaders }) =>
    Promise.all(ids.map((id) => (isEventId(id) ? loaders.eventById.load(digestOf(id)) : null))),
  fields: (t) => ({
    eventId: t.string({ description: "`sha256:…`", resolve: ({ eventId }) => `sha256:${eventId}` }),
    type: t.field({
      type: EventTypeEnum,
      description: "What it says; UNKNOWN for a type that has no name here.",
      resolve: ({ type }): EventTypeOrUnknown => (isEventType(type) ? type : "unknown"),
    }),
    status: t.expose("status", { type: EventStatusEnum, description: "What the merge made of it." }),
    invalidReason: t.exposeString("reason", {
      nullable: true,
      description:
        "Why it is INVALID: `RECORD_HASH_MISMATCH`, `PREV_EVENT_UNRESOLVED`, …; null where it is not.",
    }),
    proof: t.expose("proof", {
      type: ProofEnum,
      description:
        "The event's own proof, the highest among its accepted copies: how far it is shown to be its signer's word.",
    }),
    effectiveProof: t.expose("standing", {
      type: ProofEnum,
      description:
        "Its standing: SIGNED where a signed event of the same signer is built on it, directly or in several steps, " +
        "else its own `proof`. It decides where events compete.",
    }),
    signer: t.field({
      type: SignerObject,
      description: "Whose word it is.",
      resolve: ({ fingerprint }, _args, { loaders }) => required(loaders.signer.get(fingerprint), "signer"),
    }),
    target: t.string({
      description: "What of the paper it is about: `record`, `graph`, …",
      resolve: async (event, _args, context) => (await bodyOf(event, context)).target,
    }),
    createdAt: t.expose("createdAt", {
      type: "DateTime",
      description: "When it was made, by the signer's own word.",
    }),
    payload: t.field({
      type: "JSON",
      description: "What it says, exactly as it was hashed.",
      resolve: async (event, _args, context) => new JsonText((await bodyOf(event, context)).payloadText),
    }),
    prevEventId: t.string({
      nullable: true,
      description: "The id of the event that it follows, held or not; null where it follows none.",
      resolve: async (event, _args, context) => (await bodyOf(event, context)).prevEvent,
    }),
    prevEvent: t.field({
      type: EventObject,
      nullable: true,
      description: "The event that it follows; null also where that one is not held: see `prevEventId`.",
      resolve: async (event, _args, context) => {
        const { prevEvent } = await bodyOf(event, context);
        return prevEvent === null ? null : siblingOf(event, prevEvent, context);
      },
    }),
    supersedesIds: t.stringList({
      description: "The ids of the events that it takes the place of, held or not.",
      resolve: async (event, _args, context) => [...(await bodyOf(event, context)).supersedes],
    }),
    supersedes: t.field({
      type: [EventObject],
      description: "The events that it takes the place of, as far as they are held: see `supersedesIds`.",
      resolve: async (event, _args, context) => {
        const { supersedes } = await bodyOf(event, context);
        const found = await Promise.all(supersedes.map((id) => siblingOf(event, id, context)));
        return found.filter((row) => row !== null);
      },
    }),
    paper: t.field({
      type: PaperObject,
      nullable: true,
      description: "The paper it is about; null where the paper's canonical record has not arrived.",
      resolve: ({ paperId }, _args, { loaders }) => loaders.paper.get(paperId),
    }),
    receivedAt: t.expose("receivedAt", { type: "DateTime", description: "When this mirror took it in." }),
  }),
});

/** An event id as the tables have it. */
function digestOf(id: EventId): string {
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
    description: "The event of this id; null where this mirror holds none.",
    args: {
      id: t.arg.string({
        required: true,
        description: "`sha256:` and 64 lower-case hex digits; else BAD_USER_INPUT.",
      }),
    },
    resolve: (_root, { id }, { loaders }) => {
      if (!isEventId(id)) throw badUserInput("An event id is `sha256:` and 64 lower-case hex digits.");
      return loaders.eventById.load(digestOf(id));
    },
  }),
);
