import type { Database } from "../../src/store/index.ts";

/** Rows as the database prints them, sorted: instants to the microsecond, bytes in hex, lists as JSON. */
export type Row = Record<string, string | null>;
export type Tables = Record<string, Row[]>;

/** The tables and views that follow from the accepted documents. Quarantine is not one of them. */
export const tableNames = [
  "records",
  "events",
  "published_states",
  "papers",
  "paper_keys",
  "claims",
  "references",
  "works",
  "work_identifiers",
  "citations",
  "signers",
  "totals",
  "feed",
] as const;

/** Tables that depend on the order of import: emptied like the others, but not compared. */
const orderDependentTables = ["quarantine", "changes", "graph_changes"];

/** The copies of citations in distributed tables. */
export const copies = ["citations_by_citing", "citations_by_cited"] as const;

const views: readonly string[] = ["citations", "feed"];

const storedTables = [
  ...tableNames.filter((name) => !views.includes(name)),
  ...copies,
  ...orderDependentTables,
];

/** Columns that depend only on the order of import. */
const orderDependentColumns = new Set(["position", "received_at"]);

export async function readTables(database: Database): Promise<Tables> {
  const selects = await selectsOf(database);
  const tables: Tables = {};
  for (const [table, select] of selects) tables[table] = (await database.pool.query<Row>(select)).rows;
  // The positions count the changes on the way; the checksum depends on the states only.
  tables["totals"] = tables["totals"]?.filter(({ name }) => !name?.endsWith("_position")) ?? [];
  const feed = await database.pool.query<Row>(
    "SELECT encode(checksum, 'hex') AS checksum FROM changes ORDER BY position DESC LIMIT 1",
  );
  tables["feed"] = feed.rows;
  return sorted(tables);
}

/** Sorts rows and members, so that equal tables are equal values. */
export function sorted(tables: Tables, names: readonly string[] = tableNames): Tables {
  return Object.fromEntries(
    names.map((name) => {
      const rows = (tables[name] ?? []).map((row) =>
        Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)),
      );
      const texts = rows.map((row) => JSON.stringify(Object.fromEntries(row))).sort();
      return [name, texts.map((text) => JSON.parse(text) as Row)];
    }),
  );
}

const selects = new WeakMap<Database, Promise<Map<string, string>>>();

function selectsOf(database: Database): Promise<Map<string, string>> {
  const known = selects.get(database) ?? makeSelects(database);
  selects.set(database, known);
  return known;
}

async function makeSelects({ pool }: Database): Promise<Map<string, string>> {
  const { rows } = await pool.query<{ table_name: string; column_name: string; data_type: string }>(
    `SELECT table_name, column_name, data_type FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name = ANY($1)`,
    [[...tableNames]],
  );
  const columns = new Map<string, string[]>();
  for (const { table_name: table, column_name: name, data_type: type } of rows) {
    if (orderDependentColumns.has(name)) continue;
    const list = columns.get(table) ?? [];
    columns.set(table, list);
    list.push(`${printed(`"${name}"`, type)} AS "${name}"`);
  }
  return new Map([...columns].map(([table, list]) => [table, `SELECT ${list.join(", ")} FROM "${table}"`]));
}

function printed(column: string, type: string): string {
  if (type === "bytea") return `encode(${column}, 'hex')`;
  if (type === "ARRAY") return `array_to_json(${column})::text`;
  if (type.startsWith("timestamp")) {
    return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
  }
  return `${column}::text`;
}

/** A fingerprint of every row with the transaction that wrote it: an update to the same values changes it, too. */
export async function readVersions({ pool }: Database): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const table of storedTables) {
    const { rows } = await pool.query<{ rows: string; digest: string }>(
      `SELECT count(*) AS rows, coalesce(md5(string_agg(v, ',' ORDER BY v)), '') AS digest
       FROM (SELECT xmin::text || ' ' || ctid::text || ' ' || t::text AS v FROM "${table}" t)`,
    );
    versions[table] = `${rows[0]?.rows} ${rows[0]?.digest}`;
  }
  return versions;
}

/** Empties all tables: cheaper than a new database. */
export async function clearTables({ pool }: Database): Promise<void> {
  await pool.query(
    [...storedTables, "followed_mirrors", "outstanding_papers", "submissions"]
      .map((table) => `DELETE FROM "${table}"`)
      .join("; "),
  );
}
