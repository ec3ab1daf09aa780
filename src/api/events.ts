import { and, asc, desc, eq, getTableColumns, inArray, type SQL, sql } from "drizzle-orm";
import { isNotCurrent } from "../store/tables/columns.ts";
import { events } from "../store/tables/index.ts";
import { builder } from "./builder.ts";
import { EventConnection } from "./connection-objects.ts";
import { KeysetConnection, maximumPageSize, type PageArguments } from "./connections.ts";
import type { Context } from "./context.ts";
import { countRows } from "./count-rows.ts";
import type { KeyOrder } from "./cursor.ts";
import { EventStatusEnum, EventTypeEnum } from "./enums.ts";
import { badUserInput } from "./errors.ts";
import { type EventRow, ofTypes } from "./loaders/events.ts";
import { pageArguments } from "./page-arguments.ts";
import { storable } from "./text-filter.ts";
import { readTime } from "./time-argument.ts";

const EventFilterInput = builder.inputType("EventFilter", {
  description:
    "Selects events. Conditions are combined with AND. An absent or null condition matches everything.",
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
        `The signer's key has any of these fingerprints (\`signer.fingerprint\`); maximum ${maximumPageSize}. ` +
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
