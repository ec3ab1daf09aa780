import { drizzle } from "drizzle-orm/node-postgres";
import type pg from "pg";
import { type CheckResult, isJsonObject, type JsonObject, parseJson } from "../../protocol/index.ts";
import { type PaperLog, readLogs } from "../../store/index.ts";
import { bigintArray } from "../../store/rows.ts";
import type { Statements } from "../../store/transaction.ts";

/** What the log holds of a paper, to be merged with what arrives. */
export type Known = {
  readonly log: PaperLog;
  readonly record: JsonObject | null;
  readonly publishedResults: readonly CheckResult[];
};

/** Of a paper of which nothing is held. */
export const nothing: Known = { log: { events: [], aliases: [] }, record: null, publishedResults: [] };

/** Reads what the log holds of papers. */
export async function readKnown(
  client: Statements,
  paperIds: readonly bigint[],
): Promise<(paperId: bigint) => Known> {
  if (paperIds.length === 0) return () => nothing;
  const logs = await readLogs(drizzle(client as pg.PoolClient), paperIds);
  const records = await readRecords(client, paperIds);
  const results = await readPublishedResults(client, paperIds);
  return (paperId) => ({
    log: logs.get(paperId) ?? nothing.log,
    record: records.get(paperId) ?? null,
    publishedResults: results.get(paperId) ?? [],
  });
}

async function readRecords(
  client: Statements,
  paperIds: readonly bigint[],
): Promise<Map<bigint, JsonObject>> {
  if (paperIds.length === 0) return new Map();
  const { rows } = await client.query<{ paper_id: string; record: string }>(
    "SELECT paper_id, record FROM records WHERE paper_id = ANY($1::bigint[]) AND record IS NOT NULL",
    [bigintArray(paperIds)],
  );
  const records = new Map<bigint, JsonObject>();
  for (const row of rows) {
    const record = recordOf(row.record);
    if (record !== null) records.set(BigInt(row.paper_id), record);
  }
  return records;
}

/** The record of its canonical text. */
export function recordOf(text: string | null): JsonObject | null {
  const record = text === null ? null : parseJson(text);
  return isJsonObject(record ?? undefined) ? (record as JsonObject) : null;
}

async function readPublishedResults(
  client: Statements,
  paperIds: readonly bigint[],
): Promise<Map<bigint, CheckResult[]>> {
  const results = new Map<bigint, CheckResult[]>();
  if (paperIds.length === 0) return results;
  const { rows } = await client.query<{ paper_id: string; results: CheckResult[] }>(
    `SELECT paper_id, array_agg(DISTINCT result::text) AS results
     FROM published_states WHERE paper_id = ANY($1::bigint[]) GROUP BY paper_id`,
    [bigintArray(paperIds)],
  );
  for (const row of rows) results.set(BigInt(row.paper_id), row.results);
  return results;
}
