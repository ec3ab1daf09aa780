export {
  type Column,
  type ColumnType,
  type ExportedTable,
  parseRowKey,
  type RowKey,
  readTable,
  type TableName,
  tableNames,
} from "./exported-table.ts";
export { tableParquet } from "./parquet.ts";
export { type CsvOptions, tableCsv, tableNdjson } from "./text-formats.ts";
