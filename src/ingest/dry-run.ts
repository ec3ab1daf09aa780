import {
  type Cell,
  columnType,
  type Database,
  inTransaction,
  readLayout,
  tableShape,
} from "../store/index.ts";
import { parseBatch, statedEvents, verifyBatch } from "./batch.ts";
import { type BatchPlan, planBatch, type RowChange, runPlanning } from "./plan/index.ts";
import { quarantineColumns, quarantineRows } from "./quarantine.ts";
import { type DocumentResult, resultOf } from "./results.ts";
import { lookupsIn, readStored } from "./stored/index.ts";
import type { AdmissionPolicy, SourceDocument } from "./verify.ts";

export type DryRun = {
  /** The result that each document would have, in order. */
  readonly results: readonly DocumentResult[];
  readonly plan: BatchPlan;
  /** Rows that would be added to quarantine, except those that are already in it. */
  readonly quarantine: RowChange;
};

/**
 * Plans the ingest of these documents as one batch. Reads in one snapshot, takes no lock and writes nothing. Keeps the
 * documents and the plan in memory.
 */
export async function planIngest(
  { pool }: Database,
  documents: readonly SourceDocument[],
  policy: AdmissionPolicy,
): Promise<DryRun> {
  const parsed = await parseBatch(documents, policy);
  return inTransaction(pool, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", async (reader) => {
    const stored = await readStored(reader, statedEvents(parsed));
    const batch = await verifyBatch(parsed, stored, policy);
    const now = new Date().toISOString();
    const planning = planBatch(batch.papers, stored, {
      now,
      areNewPapersWritten: false,
      areCitationsCopied: (await readLayout(reader)).keepsCopies,
    });
    const plan = await runPlanning(planning, lookupsIn(reader));
    const rows = quarantineRows(batch.documents, now);
    return {
      results: batch.documents.map((document) => resultOf(document, plan.merged)),
      plan,
      quarantine: {
        action: "insert",
        table: "quarantine",
        columns: quarantineColumns,
        rows,
        count: rows.length,
      },
    };
  });
}

/** A value for JSON: a bigint as decimal digits, bytes as hex after `\x`, an instant in UTC to the microsecond. */
type PrintedCell = string | number | boolean | null | readonly string[];

type PrintedChange = {
  readonly action: RowChange["action"] | "add";
  readonly table: string;
  /** For an update, the key and the columns that may differ; for a deletion, the key or its first column. */
  readonly row: Readonly<Record<string, PrintedCell>>;
};

/** The row changes of a plan one by one, without quarantine contents. `add` gives the amount added to a total. */
export function* printChanges({ plan, quarantine }: DryRun): Generator<PrintedChange> {
  for (const change of [...plan.changes, quarantine]) {
    const { action, table, columns, rows, changed } = change;
    const all = changed === undefined ? columns : [...tableShape(table).key, ...changed];
    const shown = all.filter((column) => table !== "quarantine" || column !== "content");
    for (const cells of rows) {
      const row = Object.fromEntries(
        shown.map((column) => [column, printed(table, column, cells[columns.indexOf(column)] ?? null)]),
      );
      yield { action, table, row };
    }
  }
  for (const [name, value] of Object.entries(plan.totals)) {
    if (value !== 0) yield { action: "add", table: "totals", row: { name, value } };
  }
}

function printed(table: string, column: string, cell: Cell): PrintedCell {
  if (typeof cell === "bigint") return cell.toString();
  if (cell instanceof Uint8Array) return `\\x${Buffer.from(cell).toString("hex")}`;
  if (typeof cell === "string" && columnType(table, column).startsWith("timestamp"))
    return microseconds(cell);
  // A JavaScript number in a bigint column, such as a position.
  return typeof cell === "number" && columnType(table, column) === "bigint" ? String(cell) : cell;
}

/** `2026-01-01T00:00:00.5Z` as `2026-01-01T00:00:00.500000Z`. */
function microseconds(instant: string): string {
  const [seconds = "", fraction = ""] = instant.replace("Z", "").split(".");
  return `${seconds}.${fraction.padEnd(6, "0")}Z`;
}
