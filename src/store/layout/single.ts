import { recordset, upsertStatement } from "../rows.ts";
import { type Rows, shapeOf, type TableLayout, typeOf } from "./table-layout.ts";

/**
 * One server. Changed rows are sent in one statement: one array per column, or one JSON text. The text of the statement
 * is short and always the same.
 */
export const single: TableLayout = {
  name: "single",
  // An index of the table covers the cited work.
  citationsByCited: "citations",
  copiesOf: (table) => [table],

  update(table, columns, rows, changed) {
    const { key, required } = shapeOf(table);
    const areNumbers = [...key, ...changed].every((column) => numbers.has(typeOf(table, column)));
    // Complete rows can be upserted: they exist, so none is inserted, and each is found by its key whatever statistics
    // the planner has.
    if (!areNumbers && required.every((column) => columns.includes(column))) {
      const set = changed.map((column) => `${column} = excluded.${column}`).join(", ");
      return [upsertStatement(table, columns, rows, `ON CONFLICT (${key.join(", ")}) DO UPDATE SET ${set}`)];
    }
    const sent = [...key, ...changed];
    const places = sent.map((column) => columns.indexOf(column));
    const cells = rows.map((row) => places.map((place) => row[place] ?? null));
    // Arrays of numbers are cheaper to make and to parse than JSON; arrays of texts with nulls are not.
    const list = areNumbers
      ? { text: `${unnested(table, sent)} AS new (${sent.join(", ")})`, values: arrays(table, sent, cells) }
      : {
          text: `json_populate_recordset(NULL::"${table}", $1) AS new`,
          values: [recordset(sent, cells)],
        };
    const set = changed.map((column) => `${column} = new.${column}`).join(", ");
    const same = key.map((column) => `"${table}".${column} = new.${column}`).join(" AND ");
    return [{ text: `UPDATE "${table}" SET ${set} FROM ${list.text} WHERE ${same}`, values: list.values }];
  },

  remove(table, columns, rows) {
    const same = columns.map((column) => `"${table}".${column} = gone.${column}`).join(" AND ");
    const list = `${unnested(table, columns)} AS gone (${columns.join(", ")})`;
    return [
      { text: `DELETE FROM "${table}" USING ${list} WHERE ${same}`, values: arrays(table, columns, rows) },
    ];
  },
};

const numbers: ReadonlySet<string> = new Set(["bigint", "integer"]);

function unnested(table: string, columns: readonly string[]): string {
  return `unnest(${columns.map((column, place) => `$${place + 1}::${typeOf(table, column)}[]`).join(", ")})`;
}

/** One array per column: numbers in PostgreSQL's own text form, other values as node-postgres converts them. */
function arrays(table: string, columns: readonly string[], rows: Rows): unknown[] {
  return columns.map((column, place) => {
    const cells = rows.map((row) => row[place]);
    return numbers.has(typeOf(table, column)) ? `{${cells.map((cell) => cell ?? "NULL").join(",")}}` : cells;
  });
}
