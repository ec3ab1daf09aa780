import type pg from "pg";
import type { QueryClient } from "../../store/index.ts";

/** Rows as lists of cells: half the work for many rows. */
export async function queryLists<Row extends unknown[]>(
  client: QueryClient,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  return (await client.query<Row>({ text, values: [...values], rowMode: "array" })).rows;
}

/**
 * Reads rows as lists and never scans a table sequentially. For a table that was never analysed (such as one being
 * filled), the planner estimates that a batch's keys match most of it and would scan it for each batch. So sequential
 * scans are disabled for this statement alone: all three statements are one message, which no other statement of the
 * connection can interrupt. Such a message has no parameters: `text` contains its values, and must consist of numbers
 * only.
 */
export async function queryListsByIndex<Row extends unknown[]>(
  client: QueryClient,
  text: string,
): Promise<Row[]> {
  const statements = `SET LOCAL enable_seqscan = off; ${text}; SET LOCAL enable_seqscan = DEFAULT`;
  const results: unknown = await client.query({ text: statements, rowMode: "array" });
  return (results as pg.QueryArrayResult<Row>[])[1]?.rows ?? [];
}

/** In SQL: formats an instantText as `YYYY-MM-DDTHH:MM:SS.ffffffZ`. */
export function instantText(column: string): string {
  return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

export function optionalId(text: string | null): bigint | null {
  return text === null ? null : BigInt(text);
}
