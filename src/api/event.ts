import { and, asc, desc, eq, getTableColumns, inArray, type SQL, sql } from "drizzle-orm";
import {
  type AcceptedEvent,
  type EventId,
  type Instant,
  isEventId,
  isEventType,
  parseAnyInstant,
} from "../protocol/index.ts";
import { events, isNotCurrent } from "../store/index.ts";
import { maxPageSize } from "./argument-limits.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { badUserInput } from "./errors.ts";
import { JsonText } from "./execution/index.ts";
import { countRows, type Key, type KeyOrder, KeysetConnection, type PageArguments } from "./keyset.ts";
import { type EventRow, type EventTypeOrUnknown, required, typeCondition } from "./loaders/index.ts";
import { EventConnection, EventObject, PaperObject, pageArguments, SignerObject } from "./objects.ts";

import { isStorable } from "./paper-filter.ts";
import { EventStatusEnum, EventTypeEnum, ProofEnum } from "./scalars-and-enums.ts";
import { selectedColumns } from "./selected-columns.ts";

/** Reads a time argument. Throws BAD_USER_INPUT if it is invalid. */
function readTime(argument: string, text: string): Instant {
  const instant = parseAnyInstant(text);
  if (instant !== null) return instant;
  throw badUserInput(
    `\`${argument}\` must be a time, such as \`2026-06-01T00:00:00Z\`, \`2026-06-01T02:00+02:00\` or \`2026-06-01\`.`,
  );
}

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
        return prevEvent === null ? null : linkedEvent(event, prevEvent, context);
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
        const found = await Promise.all(supersedes.map((id) => linkedEvent(event, id, context)));
        return found.filter((row) => row !== null);
      },
    }),
    paper: t.field({
      type: PaperObject,
      nullable: true,
      description: "The paper that the event is about. Returns null if its canonical record is not stored.",
      resolve: ({ paperId }, _args, { loaders }, info) =>
        loaders.paper.for(selectedColumns(info, "Paper")).get(paperId),
    }),
    receivedAt: t.expose("receivedAt", {
      type: "DateTime",
      description: "When this mirror accepted the event.",
    }),
  }),
});

/** An event id as stored in the tables. */
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
function linkedEvent({ paperId }: EventRow, id: EventId, { loaders }: Context): Promise<EventRow | null> {
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
      if (!isEventId(id))
        throw badUserInput("An event id is `sha256:` followed by 64 lower-case hex digits.");
      return loaders.eventById.load(digestOf(id));
    },
  }),
);

const EventFilterInput = builder.inputType("EventFilter", {
  description: "Selects events that meet all conditions. An absent or null condition matches everything.",
  fields: (t) => ({
    types: t.field({
      type: [EventTypeEnum],
      description: "The event has any of these types. An empty list matches nothing.",
    }),
    statuses: t.field({
      type: [EventStatusEnum],
      description:
        "The event currently has any of these statuses; later events may change it. An empty list matches nothing.",
    }),
    signers: t.stringList({
      description:
        `The signer's key has any of these fingerprints (\`signer.fingerprint\`); maximum ${maxPageSize}. ` +
        "An empty list matches nothing.",
    }),
    since: t.field({
      type: "DateTime",
      description: "This mirror accepted the event (`receivedAt`) at this instant or later.",
    }),
  }),
});

type EventFilter = typeof EventFilterInput.$inferInput;

builder.queryField("events", (t) =>
  t.field({
    type: EventConnection,
    description:
      "Lists events in the order in which this mirror accepted them. To follow the feed, repeat the query with `after` set to the " +
      "last `endCursor`: no event ever appears before a cursor.",
    args: {
      filter: t.arg({ type: EventFilterInput, description: "Defaults to all events." }),
      ...pageArguments,
    },
    resolve: (_root, { filter, ...page }, context) => eventsConnection(filter ?? {}, page, context),
  }),
);

const receivedOrder: KeyOrder = { name: "events_taken_in", parts: ["bigint"] };

const { body: _body, signature: _signature, ...headColumns } = getTableColumns(events);

function eventsConnection(
  filter: EventFilter,
  page: PageArguments,
  { database: { db }, loaders }: Context,
): KeysetConnection<EventRow, EventRow> {
  const condition = eventCondition(filter);
  const compare = (sign: "<" | ">", [position]: Key, isInclusive: boolean): SQL =>
    sql`${events.position} ${sql.raw(isInclusive ? `${sign}=` : sign)} ${position}::bigint`;
  return new KeysetConnection<EventRow, EventRow>(
    {
      order: receivedOrder,
      keyOf: ({ position }) => [String(position)],
      nodeOf: (row) => row,
      rows: ({ after, before, isInclusive, reverse, limit }) =>
        loaders.batches.track(async () =>
          db
            .select(headColumns)
            .from(events)
            .where(
              and(
                condition,
                after === null ? undefined : compare(">", after, isInclusive),
                before === null ? undefined : compare("<", before, isInclusive),
              ),
            )
            .orderBy((reverse ? desc : asc)(events.position))
            .limit(limit),
        ),
      count: () =>
        condition === undefined
          ? loaders.total.load("events")
          : loaders.batches.trackExpensive(() => countRows(db, events, condition)),
    },
    page,
  );
}

function eventCondition({ types, statuses, signers, since }: EventFilter): SQL | undefined {
  return and(
    typeCondition(types ?? null),
    statuses === null || statuses === undefined ? undefined : statusCondition(statuses),
    signers === null || signers === undefined ? undefined : signerCondition(signers),
    since === null || since === undefined ? undefined : sinceCondition(since),
  );
}

function statusCondition(statuses: readonly EventRow["status"][]): SQL | undefined {
  const condition = inArray(events.status, [...statuses]);
  return statuses.includes("current") ? condition : and(isNotCurrent, condition);
}

function signerCondition(signers: readonly string[]): SQL {
  if (signers.length > maxPageSize) {
    throw badUserInput(`\`filter.signers\` may name at most ${maxPageSize} keys, not ${signers.length}.`);
  }
  const fingerprints = signers.filter(isStorable);
  const [only] = fingerprints;
  return fingerprints.length === 1 && only !== undefined
    ? eq(events.fingerprint, only)
    : inArray(events.fingerprint, fingerprints);
}

/** `received_at` never decreases from one position to the next, so a time maps to a position. */
function sinceCondition(since: string): SQL {
  const instant = readTime("filter.since", since);
  return sql`${events.position} >= (SELECT position FROM events AS earliest
    WHERE earliest.received_at >= ${`${instant}Z`}::timestamptz ORDER BY earliest.received_at, earliest.position LIMIT 1)`;
}
