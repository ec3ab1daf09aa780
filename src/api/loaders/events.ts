import { and, count, getTableColumns, inArray, notInArray, or, type SQL, sql } from "drizzle-orm";
import {
  type AcceptedEvent,
  type EventId,
  type EventType,
  eventFromLog,
  eventTypes,
  type FaultReason,
  type JsonObject,
  parseJson,
} from "../../protocol/index.ts";
import type { Database } from "../../store/database.ts";
import { prepareRows, readRows } from "../../store/prepared-rows.ts";
import { bigintArray } from "../../store/rows.ts";
import { isOfRareType } from "../../store/tables/columns.ts";
import { events } from "../../store/tables/index.ts";
import { type OrdinalPage, placeInPage, withinPage } from "../connections/ordinal.ts";
import { type Batches, groupBy, LoadersByArguments, type RowLoader } from "./batching.ts";
import { readInPortions } from "./pacing.ts";

const { body: _body, signature: _signature, ...headColumns } = getTableColumns(events);

/** An event without its text, which may be large and is seldom asked for. */
export type EventRow = Omit<typeof events.$inferSelect, "body" | "signature">;

/** `eventId` in hex, without `sha256:` in front, as the tables have it. */
export type EventKey = { readonly paperId: bigint; readonly eventId: string };

/** The nine types, and `unknown` for what is none of them. */
export type EventTypeOrUnknown = EventType | "unknown";
export type EventFilter = { readonly types: readonly EventTypeOrUnknown[] | null };

export type EventLoaders = {
  readonly event: RowLoader<EventKey, EventRow | null>;
  /** An event by its id alone. */
  readonly eventById: RowLoader<string, EventRow | null>;
  /** The event's own text, read. */
  readonly eventBody: RowLoader<EventKey, AcceptedEvent | null>;
  /** By `paper_id`: the paper's events by ordinal. */
  readonly eventsOfPaper: LoadersByArguments<EventFilter & OrdinalPage, bigint, readonly EventRow[]>;
  readonly eventCountOfPaper: LoadersByArguments<EventFilter, bigint, number>;
};

const keyText = ({ paperId, eventId }: EventKey): string => `${paperId}/${eventId}`;

export function prepareEventLoaders({
  db,
  pool,
}: Pick<Database, "db" | "pool">): (batches: Batches) => EventLoaders {
  const ofKeys = sql`${events.paperId} = ANY(${sql.placeholder("paperIds")}::bigint[])
    AND ${events.eventId} = ANY(${sql.placeholder("eventIds")}::bytea[])`;
  const headsQuery = db.select(headColumns).from(events).where(ofKeys);
  const heads = prepareRows(headsQuery, "api_events_by_key");
  const bodies = db.select().from(events).where(ofKeys).prepare("api_event_bodies_by_key");
  const bodySizes = db
    .select({
      paperId: events.paperId,
      eventId: events.eventId,
      size: sql<number>`octet_length(${events.body})`.mapWith(Number),
    })
    .from(events)
    .where(ofKeys)
    .prepare("api_event_sizes_by_key");
  const byIds = db
    .select(headColumns)
    .from(events)
    .where(sql`${events.eventId} = ANY(${sql.placeholder("eventIds")}::bytea[])`)
    .prepare("api_events_by_id");

  return (batches) => ({
    event: batches.loader(
      async (keys) => new Map((await heads(pool, keyValues(keys))).map((row) => [keyText(row), row])),
      null,
      keyText,
    ),
    eventById: batches.loader(async (ids) => {
      const rows = await byIds.execute({ eventIds: ids.map((id) => Buffer.from(id, "hex")) });
      return new Map(rows.map((row) => [row.eventId, row]));
    }, null),
    eventBody: batches.loader(
      async (keys) => {
        const rows = await bodySizes.execute(keyValues(keys));
        const sizes = new Map(rows.map((row) => [keyText(row), row.size]));
        const found = new Map<string, AcceptedEvent>();
        const read = async (portion: readonly EventKey[]) => {
          for (const row of await bodies.execute(keyValues(portion))) {
            found.set(keyText(row), readBody(row));
            await batches.allowance.turn();
          }
        };
        await readInPortions(keys, (key) => sizes.get(keyText(key)) ?? 0, batches.allowance, read);
        return found;
      },
      null,
      keyText,
    ),
    eventsOfPaper: new LoadersByArguments(({ types, ...page }) =>
      batches.loader(
        async (paperIds) => {
          const numbered = db
            .select({ ...headColumns, place: placeInPage(events.paperId, events.ordinal, page.reverse) })
            .from(events)
            .where(
              and(inArray(events.paperId, [...paperIds]), withinPage(events.ordinal, page), ofTypes(types)),
            )
            .as("numbered");
          const pages = db
            .select()
            .from(numbered)
            .where(sql`${numbered.place} <= ${page.limit}`)
            .orderBy(numbered.paperId, numbered.place);
          return groupBy(await readRows(pool, pages), ({ paperId }) => paperId);
        },
        [],
        undefined,
        page.limit,
      ),
    ),
    eventCountOfPaper: new LoadersByArguments(({ types }) =>
      batches.loader(async (paperIds) => {
        const rows = await db
          .select({ paperId: events.paperId, count: count() })
          .from(events)
          .where(and(inArray(events.paperId, [...paperIds]), ofTypes(types)))
          .groupBy(events.paperId);
        return new Map(rows.map((row) => [row.paperId, row.count]));
      }, 0),
    ),
  });
}

function keyValues(keys: readonly EventKey[]): { paperIds: string; eventIds: Buffer[] } {
  return {
    paperIds: bigintArray(new Set(keys.map(({ paperId }) => paperId))),
    eventIds: keys.map(({ eventId }) => Buffer.from(eventId, "hex")),
  };
}

/** The condition that an event is of one of these types; none for null. */
export function ofTypes(types: readonly EventTypeOrUnknown[] | null): SQL | undefined {
  if (types === null) return undefined;
  const known = types.filter((type) => type !== "unknown");
  const fits = types.includes("unknown")
    ? or(inArray(events.type, known), notInArray(events.type, eventTypes))
    : inArray(events.type, known);
  // Says nothing new; but PostgreSQL sees by it that the index of the rare types holds them all.
  return types.some((type) => commonTypes.includes(type)) ? fits : and(isOfRareType, fits);
}

const commonTypes: readonly EventTypeOrUnknown[] = ["record_created", "graph_snapshot"];

function readBody(row: typeof events.$inferSelect): AcceptedEvent {
  return eventFromLog(row.body, parseJson(row.body) as JsonObject, {
    id: `sha256:${row.eventId}` as EventId,
    proof: row.proof,
    fault: row.fault as FaultReason | null,
    signature: row.signature === null ? null : (parseJson(row.signature) as JsonObject),
  });
}
