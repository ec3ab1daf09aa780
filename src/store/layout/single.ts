import { recordset, upsertStatement } from "../rows.ts";
import { type Rows, shapeOf, type TableLayout, typeOf } from "./table-layout.ts";

/**
 * One server. Changed rows are one statement, however many they are: an array a column, or one JSON text. Its text is
 * short, and always the same.
 */
export const single: TableLayout = {
  name: "single",
  // An index of the table leads from the work that is cited.
  citationsByCited: "citations",
  copiesOf: (table) => [table],

  update(table, columns, rows, changed) {
    const { key, required } = shapeOf(table);
    const areNumbers = [...key, ...changed].every((column) => numbers.has(typeOf(table, column)));
    // Whole rows can be given as such: they are there, so none is inserted, and each is found by its key whatever the
    // planner knows of the table.
    if (!areNumbers && required.every((column) => columns.includes(column))) {
      const set = changed.map((column) => `${column} = excluded.${column}`).join(", ");
      return [upsertStatement(table, columns, rows, `ON CONFLICT (${key.join(", ")}) DO UPDATE SET ${set}`)];
    }
    const sent = [...key, ...changed];
    const places = sent.map((column) => columns.indexOf(column));
    const cells = rows.map((row) => places.map((place) => row[place] ?? null));
    // An array of numbers is cheaper to make and to read than JSON; of texts, with nulls, it is not.
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

/** An array a column: of numbers as PostgreSQL's own text form, of others as node-postgres makes it. */
function arrays(table: string, columns: readonly string[], rows: Rows): unknown[] {
  return columns.map((column, place) => {
    const cells = rows.map((row) => row[place]);
    return numbers.has(typeOf(table, column)) ? `{${cells.map((cell) => cell ?? "NULL").join(",")}}` : cells;
  });
}
