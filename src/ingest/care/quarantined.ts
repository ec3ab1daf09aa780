import { desc, eq, sql } from "drizzle-orm";
import type { Database } from "../../store/index.ts";
import { quarantine } from "../../store/tables/index.ts";
import type { DoorOptions } from "../arrival.ts";
import { takeIn } from "../take-in.ts";

type Row = typeof quarantine.$inferSelect;

/** What is in quarantine, the latest first, without the contents. */
export function listQuarantine(database: Database, limit: number): Promise<Omit<Row, "content">[]> {
  const { contentSha256, kind, code, message, source, pithNumber, size, receivedAt } = quarantine;
  return database.db
    .select({ contentSha256, kind, code, message, source, pithNumber, size, receivedAt })
    .from(quarantine)
    .orderBy(desc(receivedAt), contentSha256)
    .limit(limit);
}

/** The one row whose hash begins so; null where there is none, or there are several. */
export async function readQuarantined(database: Database, prefix: string): Promise<Row | null> {
  if (!/^[0-9a-f]{4,64}$/.test(prefix)) return null;
  const rows = await database.db
    .select()
    .from(quarantine)
    .where(sql`starts_with(encode(${quarantine.contentSha256}, 'hex'), ${prefix})`)
    .limit(2);
  return rows.length === 1 ? (rows[0] as Row) : null;
}

/** Documents tried in one transaction. */
const batch = 100;

/**
 * Takes documents of the quarantine in again; what is let in leaves it. Copies of events come back with a document
 * that holds them, not from here. An empty prefix stands for all.
 */
export async function retryQuarantined(
  database: Database,
  prefix: string,
  door: DoorOptions,
): Promise<{ readonly tried: number; readonly letIn: number }> {
  const isDocument = sql`${quarantine.kind} = 'document' AND ${quarantine.content} IS NOT NULL`;
  let last = "";
  let tried = 0;
  let letIn = 0;
  for (;;) {
    const hash = sql`encode(${quarantine.contentSha256}, 'hex')`;
    const rows = await database.db
      .select()
      .from(quarantine)
      .where(sql`${isDocument} AND starts_with(${hash}, ${prefix}) AND ${hash} > ${last}`)
      .orderBy(hash)
      .limit(batch);
    const end = rows.at(-1);
    if (end === undefined) return { tried, letIn };
    last = end.contentSha256;
    const results = await takeIn(
      database,
      rows.map((row) => ({ source: row.source, bytes: row.content as Buffer })),
      door,
    );
    for (const [index, { status }] of results.entries()) {
      tried++;
      if (status === "rejected") continue;
      letIn++;
      await leave(database, (rows[index] as Row).contentSha256);
    }
  }
}

/** Takes a document out of quarantine, and of the kept count. */
async function leave(database: Database, contentSha256: string): Promise<void> {
  await database.db.transaction(async (transaction) => {
    await transaction.delete(quarantine).where(eq(quarantine.contentSha256, contentSha256));
    await transaction.execute(sql`UPDATE totals SET value = value - 1 WHERE name = 'rejected_documents'`);
  });
}
