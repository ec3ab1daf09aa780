import type { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type pg from "pg";
import { softwareVersion } from "../runtime/index.ts";
import { type RowCount, readSelectedRows } from "./copy-out.ts";
import type { Column, ColumnType, ExportedTable } from "./tables.ts";
import { jsonSelect } from "./tables.ts";

type SchemaElement = ConstructorParameters<typeof ParquetWriter>[0]["schema"][number];
type Row = Readonly<Record<string, unknown>>;

/** Rows of one group: the most in memory at a time, and the least that readers read. */
const groupRows = 20_000;

/**
 * A table as Parquet, compressed with Snappy: texts, INT32, BOOLEAN, instants as microseconds since 1970 in UTC, lists
 * of texts as LIST.
 */
export async function* tableParquet(
  client: pg.ClientBase,
  table: ExportedTable,
  count: RowCount,
): AsyncGenerator<Uint8Array> {
  // Loaded when needed: commands and servers seldom write Parquet.
  const hyparquet = await import("hyparquet-writer");
  const writer = new hyparquet.ByteWriter();
  const parquet = new hyparquet.ParquetWriter({
    writer,
    schema: schemaOf(table.columns),
    createdBy: `pith-graph ${softwareVersion}`,
  });
  for await (const rows of groupsOf(readSelectedRows<Row>(client, jsonSelect(table)))) {
    await parquet.write({
      columnData: table.columns.map((column) => ({
        name: column.name,
        data: rows.map((row) => parquetValue(column.type, row[column.name])),
      })),
      rowGroupSize: groupRows,
    });
    count.rows += rows.length;
    yield drain(writer);
  }
  await parquet.finish();
  yield drain(writer);
}

/** Pages combined to groups of equal size: the size of pages depends on the network, and the bytes must not. */
async function* groupsOf(pages: AsyncIterable<readonly Row[]>): AsyncGenerator<Row[]> {
  let group: Row[] = [];
  for await (const page of pages) {
    for (const row of page) {
      group.push(row);
      if (group.length < groupRows) continue;
      yield group;
      group = [];
    }
  }
  if (group.length > 0) yield group;
}

/** Takes the bytes written so far out of the writer, which keeps only their length. */
function drain(writer: ByteWriter): Uint8Array {
  const bytes = new Uint8Array(writer.buffer.slice(0, writer.index));
  writer.index = 0;
  return bytes;
}

function parquetValue(type: ColumnType, value: unknown): unknown {
  return type === "instant" && typeof value === "string" ? microseconds(value) : value;
}

/** `YYYY-MM-DDTHH:MM:SS.ffffffZ` as microseconds since 1970. */
function microseconds(text: string): bigint {
  return BigInt(Date.parse(`${text.slice(0, 19)}Z`)) * 1000n + BigInt(text.slice(20, 26));
}

/** By type, the schema element of a column; a list has two more inside it. */
const elements: Readonly<Record<Exclude<ColumnType, "texts">, Omit<SchemaElement, "name">>> = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  integer: { type: "INT32" },
  boolean: { type: "BOOLEAN" },
  instant: {
    type: "INT64",
    converted_type: "TIMESTAMP_MICROS",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MICROS" },
  },
};

function schemaOf(columns: readonly Column[]): SchemaElement[] {
  return [
    { name: "root", num_children: columns.length },
    ...columns.flatMap(({ name, type, isKey }): SchemaElement[] => {
      const repetition_type = isKey ? "REQUIRED" : "OPTIONAL";
      if (type !== "texts") return [{ name, repetition_type, ...elements[type] }];
      return [
        { name, repetition_type, num_children: 1, converted_type: "LIST" },
        { name: "list", repetition_type: "REPEATED", num_children: 1 },
        { name: "element", repetition_type: "OPTIONAL", ...elements.text },
      ];
    }),
  ];
}
