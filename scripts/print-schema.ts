// Writes schema.graphql as the code has it; with --check only tells, by its exit code, whether the file is so.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { lexicographicSortSchema, printSchema } from "graphql";
import { schema } from "../src/api/schema.ts";

const path = fileURLToPath(new URL("../schema.graphql", import.meta.url));
const printed = `${printSchema(lexicographicSortSchema(schema))}\n`;

if (!process.argv.includes("--check")) {
  writeFileSync(path, printed);
} else if (readOrEmpty() !== printed) {
  console.error("schema.graphql is not what the code has. Run `npm run schema` and commit it.");
  process.exitCode = 1;
}

function readOrEmpty(): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
