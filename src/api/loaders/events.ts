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
import {
  bigintArray,
  type Database,
  events,
  isOfRareType,
  prepareRows,
  readRows,
} from "../../store/index.ts";
import { readInPortions } from "../execution/index.ts";
import type { Key, KeyPart, Range } from "../keyset.ts";
import { type Batches, groupBy, keyBy, LoadersByArguments, type RowLoader } from "./batching.ts";

/** All columns but the texts. */
const { body: _body, signature: _signature, ...headColumns } = getTableColumns(events);

/** An event without its text, which may be large and is rarely needed. */
export type EventRow = Omit<typeof events.$inferSelect, "body" | "signature">;

/** `eventId` in hex as stored in the tables, without the prefix `sha256:`. */
type EventKey = { readonly paperId: bigint; readonly eventId: string };

/** The nine types, and `unknown` for all others. */
export type EventTypeOrUnknown = EventType | "unknown";
type EventTypeFilter = { readonly types: readonly EventTypeOrUnknown[] | null };

export type EventLoaders = {
  readonly event: RowLoader<EventKey, EventRow | null>;
  /** An event by its id alone. */
  readonly eventById: RowLoader<string, EventRow | null>;
  /** The event's own text, parsed. */
  readonly eventBody: RowLoader<EventKey, AcceptedEvent | null>;
  /** By `paper_id`: the paper's events, the valid ones in merge order, then the invalid ones by id. A range of `eventKeyOf`. */
  readonly eventsOfPaper: LoadersByArguments<EventTypeFilter & Range, bigint, readonly EventRow[]>;
  readonly eventCountOfPaper: LoadersByArguments<EventTypeFilter, bigint, number>;
};

const keyText = ({ paperId, eventId }: EventKey): string => `${paperId}/${eventId}`;

export function prepareEventLoaders({
  db,
  pool,
}: Pick<Database, "db" | "pool">): (batches: Batches) => EventLoaders {
  const ofKeys = sql`${events.paperId} = ANY(${sql.placeholder("paperIds")}::bigint[])
    AND ${events.eventId} = ANY(${sql.placeholder("eventIds")}::bytea[])`;
  const heads = prepareRows(db.select(headColumns).from(events).where(ofKeys), "api_events_by_key");
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
    event: batches.loader(async (keys) => keyBy(await heads(pool, keyValues(keys)), keyText), null, keyText),
    eventById: batches.loader(async (ids) => {
      const rows = await byIds.execute({ eventIds: ids.map((id) => Buffer.from(id, "hex")) });
      return keyBy(rows, ({ eventId }) => eventId);
    }, null),
    eventBody: batches.loader(
      async (keys) => {
        const rows = await bodySizes.execute(keyValues(keys));
        const sizes = new Map(rows.map((row) => [keyText(row), row.size]));
        const found = new Map<string, AcceptedEvent>();
        const read = async (portion: readonly EventKey[]) => {
          for (const row of await bodies.execute(keyValues(portion))) {
            found.set(keyText(row), readBody(row));
            await batches.allowance.waitForTurn();
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
            .select({ ...headColumns, place: placeInPage(page) })
            .from(events)
            .where(and(inArray(events.paperId, [...paperIds]), withinPage(page), typeCondition(types)))
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
          .where(and(inArray(events.paperId, [...paperIds]), typeCondition(types)))
          .groupBy(events.paperId);
        return new Map(rows.map((row) => [row.paperId, row.count]));
      }, 0),
    ),
  });
}

export const eventKeyParts: readonly KeyPart[] = ["integer", "instant", "integer", "integer", "sha256"];

const invalidInstant = "0001-01-01T00:00:00.000000Z";
const typeRanks = new Map<string, number>(eventTypes.map((type, index) => [type, index + 1]));

/** The place of an event among those of its paper: invalid ones are ordered by id alone. */
export function eventKeyOf({ status, createdAt, depth, type, eventId }: EventRow): Key {
  if (status === "invalid") return ["1", invalidInstant, "0", "0", eventId];
  return ["0", createdAt, String(depth), String(typeRanks.get(type) ?? 0), eventId];
}

const isInvalid = sql`${events.status} = 'invalid'`;
const typeList = sql.raw(`ARRAY[${eventTypes.map((type) => `'${type}'`).join(", ")}]`);
/** The same key in SQL, and how its parts are parsed. */
const keyColumns: readonly { readonly value: SQL; readonly read: (text: string) => SQL }[] = [
  { value: sql`(${isInvalid})::integer`, read: (text) => sql`${text}::integer` },
  {
    value: sql`CASE WHEN ${isInvalid} THEN ${sql.raw(`'${invalidInstant}'`)}::timestamptz ELSE ${events.createdAt} END`,
    read: (text) => sql`${text}::timestamptz`,
  },
  { value: sql`${events.depth}`, read: (text) => sql`${text}::integer` },
  {
    value: sql`CASE WHEN ${isInvalid} THEN 0 ELSE array_position(${typeList}, ${events.type}) END`,
    read: (text) => sql`${text}::integer`,
  },
  { value: sql`${events.eventId}`, read: (text) => sql`decode(${text}, 'hex')` },
];

function withinPage({ after, before, isInclusive }: Range): SQL | undefined {
  const compare = (sign: string, key: Key) => {
    const values = keyColumns.map(({ value }) => value);
    const bounds = keyColumns.map(({ read }, index) => read(key[index] ?? ""));
    const operator = sql.raw(isInclusive ? `${sign}=` : sign);
    return sql`(${sql.join(values, sql`, `)}) ${operator} (${sql.join(bounds, sql`, `)})`;
  };
  return and(
    after === null ? undefined : compare(">", after),
    before === null ? undefined : compare("<", before),
  );
}

function placeInPage({ reverse }: Range): SQL.Aliased<string> {
  const direction = reverse ? sql`DESC` : sql`ASC`;
  const order = keyColumns.map(({ value }) => sql`${value} ${direction}`);
  return sql<string>`row_number() OVER (PARTITION BY ${events.paperId} ORDER BY ${sql.join(order, sql`, `)})`.as(
    "place",
  );
}

function keyValues(keys: readonly EventKey[]): { paperIds: string; eventIds: Buffer[] } {
  return {
    paperIds: bigintArray(new Set(keys.map(({ paperId }) => paperId))),
    eventIds: keys.map(({ eventId }) => Buffer.from(eventId, "hex")),
  };
}

/** The condition that an event is of one of these types; undefined for null. */
export function typeCondition(types: readonly EventTypeOrUnknown[] | null): SQL | undefined {
  if (types === null) return undefined;
  const named = types.filter((type) => type !== "unknown");
  const condition = types.includes("unknown")
    ? or(inArray(events.type, named), notInArray(events.type, eventTypes))
    : inArray(events.type, named);
  // Redundant, but it lets PostgreSQL use the partial index of the rare types.
  return types.some((type) => commonTypes.includes(type)) ? condition : and(isOfRareType, condition);
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
