import { and, asc, desc, eq, getTableColumns, inArray, type SQL, sql } from "drizzle-orm";
import {
  type AcceptedEvent,
  type EventId,
  type Instant,
  isEventId,
  isEventType,
  readInstant,
} from "../protocol/index.ts";
import { isNotCurrent } from "../store/tables/columns.ts";
import { events } from "../store/tables/index.ts";
import { builder } from "./builder.ts";
import {
  type KeyOrder,
  KeysetConnection,
  maximumPageSize,
  type PageArguments,
} from "./connections/keyset.ts";
import { EventConnection, pageArguments } from "./connections/schema.ts";
import type { Context } from "./context.ts";
import { countRows } from "./count-rows.ts";
import { badUserInput } from "./errors.ts";
import { JsonText } from "./json-text.ts";
import { type EventRow, type EventTypeOrUnknown, ofTypes } from "./loaders/events.ts";
import { EventObject, PaperObject, SignerObject } from "./objects.ts";
import { storable } from "./paper-filter.ts";
import { required } from "./required.ts";
import { EventStatusEnum, EventTypeEnum, ProofEnum } from "./scalars-and-enums.ts";

/** What descriptions say of arguments that are times. */
export const timeInWords =
  "RFC 3339 with any offset, also to the minute, or a date alone, which is its first instant in UTC. Digits beyond " +
  "the microsecond are cut off. Anything else: BAD_USER_INPUT.";

/** Reads an argument that is a time. Throws BAD_USER_INPUT where it is none. */
export function readTime(argument: string, text: string): Instant {
  const instant = readInstant(text);
  if (instant !== null) return instant;
  throw badUserInput(
    `\`${argument}\` must be a time, such as \`2026-06-01T00:00:00Z\`, \`2026-06-01T02:00+02:00\` or \`2026-06-01\`.`,
  );
}

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

const EventFilterInput = builder.inputType("EventFilter", {
  description: "Which events; what is given must all hold. What is absent or null asks nothing.",
  fields: (t) => ({
    types: t.field({ type: [EventTypeEnum], description: "Of any of these types. An empty list fits none." }),
    statuses: t.field({
      type: [EventStatusEnum],
      description:
        "Of any of these statuses now. A status may become another after a page was read: who follows the feed and needs " +
        "to know reads the papers that changed. An empty list fits none.",
    }),
    signers: t.stringList({
      description:
        `Signed by any of these keys: fingerprints, 32 lower-case hex digits (\`signer.fingerprint\`), at most ` +
        `${maximumPageSize}. An empty list fits none.`,
    }),
    since: t.field({
      type: "DateTime",
      description: `Ingested by this mirror at this time or later (\`receivedAt\`). ${timeInWords}`,
    }),
  }),
});

type EventFilter = typeof EventFilterInput.$inferInput;

builder.queryField("events", (t) =>
  t.field({
    type: EventConnection,
    description:
      "The events held, in the order in which this mirror took them in: a feed to follow. Ask for what comes `after` the last " +
      "`endCursor`, again and again: positions are given in the order of commits, so nothing ever appears before a cursor. " +
      "An event that comes again with a better proof keeps its place. `last` asks for those taken in last.",
    args: {
      filter: t.arg({ type: EventFilterInput, description: "Which events; all unless told." }),
      ...pageArguments,
    },
    resolve: (_root, { filter, ...page }, context) => eventsConnection(filter ?? {}, page, context),
  }),
);

const order: KeyOrder = { name: "events_taken_in", parts: ["bigint"] };

const { body: _body, signature: _signature, ...headColumns } = getTableColumns(events);

function eventsConnection(
  filter: EventFilter,
  page: PageArguments,
  { database: { db }, loaders }: Context,
): KeysetConnection<EventRow, EventRow> {
  const condition = eventCondition(filter);
  const read = (where: SQL | undefined, limit: number, direction = asc): Promise<EventRow[]> =>
    loaders.batches.track(async () =>
      db
        .select(headColumns)
        .from(events)
        .where(and(condition, where))
        .orderBy(direction(events.position))
        .limit(limit),
    );
  return new KeysetConnection<EventRow, EventRow>(
    {
      order,
      keyOf: ({ position }) => [String(position)],
      nodeOf: (row) => row,
      rows: ({ after, before, reverse, limit }) =>
        read(
          and(
            after === null ? undefined : sql`${events.position} > ${after[0]}::bigint`,
            before === null ? undefined : sql`${events.position} < ${before[0]}::bigint`,
          ),
          limit,
          reverse ? desc : asc,
        ),
      anyFrom: async ([position], side) => {
        const sign = sql.raw(side === "before" ? "<=" : ">=");
        const where = sql`${events.position} ${sign} ${position}::bigint`;
        return (await read(where, 1, side === "before" ? desc : asc)).length > 0;
      },
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
    ofTypes(types ?? null),
    statuses === null || statuses === undefined ? undefined : statusCondition(statuses),
    signers === null || signers === undefined ? undefined : signerCondition(signers),
    since === null || since === undefined ? undefined : sinceCondition(since),
  );
}

function statusCondition(statuses: readonly EventRow["status"][]): SQL | undefined {
  const fits = inArray(events.status, [...statuses]);
  return statuses.includes("current") ? fits : and(isNotCurrent, fits);
}

function signerCondition(signers: readonly string[]): SQL {
  if (signers.length > maximumPageSize) {
    throw badUserInput(`\`filter.signers\` may name at most ${maximumPageSize} keys, not ${signers.length}.`);
  }
  const known = signers.filter(storable);
  const [only] = known;
  return known.length === 1 && only !== undefined
    ? eq(events.fingerprint, only)
    : inArray(events.fingerprint, known);
}

/** `received_at` never goes back from one position to the next, so a time is a position. */
function sinceCondition(since: string): SQL {
  const instant = readTime("filter.since", since);
  return sql`${events.position} >= (SELECT position FROM events AS earliest
    WHERE earliest.received_at >= ${`${instant}Z`}::timestamptz ORDER BY earliest.received_at, earliest.position LIMIT 1)`;
}
