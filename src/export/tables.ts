import pg from "pg";

/** The exported tables: views of the schema `analytics`, whose columns stay stable. */
export const tableNames = [
  "papers",
  "claims",
  "references",
  "works",
  "citations",
  "anchors",
  "verification",
] as const;
export type TableName = (typeof tableNames)[number];

/** The key of a row outside of this database; rows are sorted by it, texts by code point. */
const keys: Readonly<Record<TableName, readonly string[]>> = {
  papers: ["pith_number"],
  claims: ["pith_number", "ordinal"],
  references: ["pith_number", "ordinal"],
  works: ["work"],
  citations: ["citing_work", "cited_work"],
  anchors: ["pith_number", "ordinal"],
  verification: ["pith_number"],
};

export type ColumnType = "text" | "integer" | "boolean" | "instant" | "texts";

export type Column = {
  readonly name: string;
  readonly type: ColumnType;
  readonly description: string;
  readonly isKey: boolean;
};

export type ExportedTable = {
  readonly name: TableName;
  readonly description: string;
  readonly columns: readonly Column[];
  readonly key: readonly string[];
};

const types: Readonly<Record<string, ColumnType>> = {
  text: "text",
  integer: "integer",
  boolean: "boolean",
  "timestamp(6) with time zone": "instant",
  "text[]": "texts",
};

/** Reads a table's columns and their comments from the database itself. */
export async function readTable(client: pg.ClientBase, name: TableName): Promise<ExportedTable> {
  const { rows } = await client.query<{
    name: string;
    type: string;
    description: string | null;
    about: string | null;
  }>(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type, col_description(attrelid, attnum) AS description,
            obj_description(attrelid, 'pg_class') AS about
     FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    [`analytics."${name}"`],
  );
  const key = keys[name];
  return {
    name,
    description: rows[0]?.about ?? "",
    key,
    columns: rows.map((row) => {
      const type = types[row.type];
      if (type === undefined) throw new Error(`Can't export ${name}.${row.name}: unknown type ${row.type}.`);
      return { name: row.name, type, description: row.description ?? "", isKey: key.includes(row.name) };
    }),
  };
}

/** The values of a row's key. */
export type RowKey = readonly (string | number)[];

/**
 * Parses a key that a client sends: a JSON list of a text or a whole number for each of the key's columns. Null if
 * malformed.
 */
export function parseRowKey({ key, columns }: ExportedTable, text: string): RowKey | null {
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(values) || values.length !== key.length) return null;
  const isValid = values.every((value: unknown, index) => {
    const type = columns.find(({ name }) => name === key[index])?.type;
    return type === "integer"
      ? Number.isInteger(value) && Math.abs(value as number) < 2 ** 31
      : typeof value === "string" && !value.includes("\0") && value.isWellFormed();
  });
  return isValid ? (values as RowKey) : null;
}

/** ISO text in UTC, to the microsecond: an instant in every format. */
export function instantSql(column: string): string {
  return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/**
 * A SELECT of a table's rows after a key, with each column as `textOf` expresses it. Texts are sorted by code point, the
 * same on every server.
 */
export function tableSelect(
  { name, key, columns }: ExportedTable,
  textOf: (column: Column) => string,
  after: RowKey | null,
): string {
  const isText = (keyName: string) => columns.find((column) => column.name === keyName)?.type === "text";
  const keys = key.map((keyName) => `t."${keyName}"${isText(keyName) ? ' COLLATE "C"' : ""}`).join(", ");
  // COPY takes no parameters.
  const values = after?.map((value) => (typeof value === "number" ? String(value) : pg.escapeLiteral(value)));
  const where = values === undefined ? "" : `WHERE (${keys}) > (${values.join(", ")})`;
  return `SELECT ${columns.map(textOf).join(", ")} FROM analytics."${name}" AS t ${where}
    ORDER BY ${keys}`;
}

/** Rows for JSON: its own values, and instants as text. */
export function jsonSelect(table: ExportedTable, after: RowKey | null = null): string {
  const textOf = ({ name, type }: Column) =>
    type === "instant" ? `${instantSql(`t."${name}"`)} AS "${name}"` : `t."${name}"`;
  return tableSelect(table, textOf, after);
}
