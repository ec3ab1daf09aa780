import { getTableColumns, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { bigintArray, prepareRows, type Queryable } from "../../store/index.ts";
import { type ColumnSet, selection, type TableColumns } from "./columns.ts";
import type { CachedRows } from "./row-cache.ts";
import { type LoaderSource, PerSet, SharedBatches } from "./shared-batches.ts";

/** A row, and which of its columns were read. */
class ReadRow<Row> {
  readonly row: Row | null;
  readonly #columns: ColumnSet<Row>;

  constructor(row: Row | null, columns: ColumnSet<Row>) {
    this.row = row;
    this.#columns = columns;
  }

  has(columns: ColumnSet<Row>): boolean {
    return this.row === null || this.#columns.includes(columns);
  }
}

type RowTable<Row> = {
  readonly table: PgTable;
  /** The column of the primary key. */
  readonly key: keyof Row & string;
  readonly columns: TableColumns<Row>;
  /** The name of the prepared statements. */
  readonly name: string;
};

/** The rows of a table by its key, read for many requests at a time, with the columns that these need. */
export class SharedRows<Row extends object> {
  readonly columns: TableColumns<Row>;
  readonly #source: LoaderSource;
  readonly #table: RowTable<Row>;
  readonly #cached: CachedRows<bigint, ReadRow<Row>> | undefined;
  readonly #batches: PerSet<ColumnSet<Row>, SharedBatches<bigint, Row | null>>;

  constructor(source: LoaderSource, table: RowTable<Row>) {
    this.#source = source;
    this.#table = table;
    this.columns = table.columns;
    this.#cached = source.cache?.section();
    this.#batches = new PerSet((read) => {
      return new SharedBatches<bigint, Row | null>(source, null, this.#statement(read), 1, this.cache(read));
    });
  }

  /** A row of which only the key is known. */
  readonly rowOfKey = (key: bigint): Row => ({ [this.#table.key]: key }) as Row;

  /** A cached row that has these columns; undefined if a statement is needed. */
  cached(key: bigint, columns: ColumnSet<Row>, version: string): Row | null | undefined {
    const found = this.#cached?.get(key, version);
    return found?.has(columns) ? found.row : undefined;
  }

  /** Where rows that were read elsewhere with these columns are cached. */
  cache(columns: ColumnSet<Row>): CachedRows<bigint, Row | null> | undefined {
    return this.#cached && rowsWith(this.#cached, columns);
  }

  /** Reads at least these columns. */
  batches(columns: ColumnSet<Row>): SharedBatches<bigint, Row | null> {
    return this.#batches.for(this.columns.read(columns));
  }

  #statement(read: ColumnSet<Row>) {
    const { table, key, name } = this.#table;
    const fields = getTableColumns(table);
    const query = prepareRows(
      this.#source.db
        .select(selection(table, read))
        .from(table)
        .where(sql`${fields[key]} = ANY(${sql.placeholder("ids")}::bigint[])`),
      `${name}_${read.toJSON()}`,
    );
    return async (sender: Queryable, ids: readonly bigint[]) => {
      const rows = (await query(sender, { ids: bigintArray(ids) })) as unknown as Row[];
      return new Map(rows.map((row) => [row[key] as bigint, row]));
    };
  }
}

/** Rows with these columns: a wider row serves for a narrower one, and is not replaced by it. */
function rowsWith<Row>(
  cached: CachedRows<bigint, ReadRow<Row>>,
  columns: ColumnSet<Row>,
): CachedRows<bigint, Row | null> {
  return {
    get: (key, version) => {
      const found = cached.get(key, version);
      return found?.has(columns) ? found.row : undefined;
    },
    set: (key, row, version) => {
      if (!cached.get(key, version)?.has(columns)) cached.set(key, new ReadRow(row, columns), version);
    },
  };
}
