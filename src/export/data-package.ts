import type pg from "pg";
import { softwareVersion } from "../runtime/index.ts";
import type { ExportFile } from "./export-file.ts";
import type { ExportedSet } from "./snapshot.ts";
import { type Column, type ColumnType, readTable } from "./tables.ts";
import type { WrittenFile } from "./write-file.ts";

/** A file of a dump that is on disk. */
export type DumpedFile = WrittenFile & {
  readonly name: string;
  /** That of the exported file: other options give other bytes. */
  readonly variant?: string;
  /** Rows of a table, entries of a bibliography, works of a graph. */
  readonly rows: number;
  /** The citations of a graph. */
  readonly citations: number;
};

const fieldTypes: Readonly<Record<ColumnType, string>> = {
  text: "string",
  integer: "integer",
  boolean: "boolean",
  instant: "datetime",
  texts: "array",
};

/**
 * Describes a dump as a Frictionless Data Package: each file with its hash and counts, each column with its meaning,
 * and the version of the tables. It contains no time, so that the same tables give the same text.
 */
export async function dataPackage(
  client: pg.ClientBase,
  set: ExportedSet,
  files: readonly { readonly file: ExportFile; readonly dumped: DumpedFile }[],
): Promise<string> {
  const resources: object[] = [];
  for (const { file, dumped } of files) {
    const table = file.table === undefined ? null : await readTable(client, file.table);
    resources.push({
      name: file.name.toLowerCase().replace(/[^a-z0-9]+/g, "-"),
      path: file.name,
      format: file.format,
      mediatype: file.mediaType,
      ...(file.format === "parquet" ? {} : { encoding: "utf-8" }),
      bytes: dumped.bytes,
      hash: `sha256:${dumped.sha256}`,
      ...(table === null ? {} : { profile: "tabular-data-resource", description: table.description }),
      ...(file.format === "csv" ? { dialect: { lineTerminator: "\n" } } : {}),
      ...countsOf(file, dumped),
      ...(table === null
        ? {}
        : { schema: { fields: table.columns.map(fieldOf), primaryKey: table.key, missingValues: [""] } }),
    });
  }
  const description = {
    name: "pith-graph",
    title: "Papers, claims, references and citations of a Pith mirror",
    description:
      "Each row is a statement of a signer about a paper; analytics.papers.proof is its proof. See docs/exports.md of pith-graph.",
    sources: [{ title: "The events that this mirror stores, merged by the Pith Open Graph protocol" }],
    contributors: [{ title: `pith-graph ${softwareVersion}`, role: "wrangler" }],
    setVersion: set.version,
    changePosition: set.changePosition,
    graphVersion: set.graphVersion,
    checksum: set.checksum,
    resources,
  };
  return `${JSON.stringify(description, null, 2)}\n`;
}

function countsOf({ format }: ExportFile, { rows, citations }: DumpedFile): object {
  if (format === "graphml" || format === "pajek") return { works: rows, citations };
  if (format === "vosviewer") return rows > 0 ? { works: rows } : { citations };
  return { rowCount: rows };
}

function fieldOf({ name, type, description, isKey }: Column): object {
  return {
    name,
    type: fieldTypes[type],
    description,
    ...(isKey ? { constraints: { required: true } } : {}),
  };
}
