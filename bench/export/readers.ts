import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("readers/", import.meta.url));

/** The part of DuckDB's API that is used here. */
type DuckDb = {
  DuckDBInstance: {
    create(path: string): Promise<{
      connect(): Promise<{ runAndReadAll(sql: string): Promise<{ getRows(): unknown[][] }> }>;
    }>;
  };
};

/** Queries DuckDB, which is installed into bench/export/readers if it is missing. */
export async function openDuckDb(): Promise<(sql: string) => Promise<unknown[][]>> {
  if (!existsSync(`${folder}node_modules/@duckdb/node-api`)) {
    console.log("Installing DuckDB into bench/export/readers (70 MB) …");
    const { status } = spawnSync("npm", ["ci", "--prefix", folder], { stdio: "inherit" });
    if (status !== 0)
      throw new Error("`npm ci --prefix bench/export/readers` failed: it needs the npm registry once.");
  }
  const { DuckDBInstance } = createRequire(`${folder}package.json`)("@duckdb/node-api") as DuckDb;
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  return async (sql) => (await connection.runAndReadAll(sql)).getRows();
}
