import { type CitablePaper, entriesOf, type PaperSet, readEntries } from "./bibliography.ts";
import { bibtex, cslJson, ris } from "./bibliography-formats.ts";
import { type ExportCounts, RowCount } from "./copy-out.ts";

import { type CsvOptions, tableCsv, tableNdjson } from "./csv-ndjson.ts";
import { graphml, pajek, vosviewerMap, vosviewerNetwork } from "./graph-formats.ts";
import { type ExportedNeighbourhood, selectWorks, type WorkSelection } from "./graph-rows.ts";

import { tableParquet } from "./parquet.ts";

import type { Snapshot } from "./snapshot.ts";
import { readTable, type TableName } from "./tables.ts";

export const tableFormats = ["ndjson", "csv", "parquet"] as const;
export type TableFormat = (typeof tableFormats)[number];

export const graphFormats = ["graphml", "pajek", "vosviewer"] as const;
export type GraphFormat = (typeof graphFormats)[number];

export const bibliographyFormats = ["bibtex", "ris", "csl-json"] as const;
export type BibliographyFormat = (typeof bibliographyFormats)[number];

export type ExportFormat = TableFormat | GraphFormat | BibliographyFormat;

/** Something that can be exported: its bytes depend only on the snapshot. */
export type ExportFile = {
  readonly name: string;
  readonly mediaType: string;
  readonly format: ExportFormat;
  /** The exported table. */
  readonly table?: TableName;
  /** The options that its bytes depend on, if any. */
  readonly variant?: string;
  write(snapshot: Snapshot, counts: ExportCounts): AsyncIterable<Uint8Array>;
};

const tableWriters = {
  ndjson: { mediaType: "application/x-ndjson", write: tableNdjson },
  csv: { mediaType: "text/csv", write: tableCsv },
  parquet: { mediaType: "application/vnd.apache.parquet", write: tableParquet },
} as const;

/**
 * A table; with `after`, only the rows after that key, which Parquet does not support. `raw` and `bom` apply to CSV,
 * and are ignored by the others.
 */
export function tableFile(table: TableName, format: TableFormat, options: CsvOptions = {}): ExportFile {
  const { mediaType, write } = tableWriters[format];
  const variant =
    format === "csv" ? ["raw", "bom"].filter((name) => options[name as "raw" | "bom"]).join() : "";
  return {
    name: `${table}.${format}`,
    mediaType,
    format,
    table,
    ...(variant === "" ? {} : { variant }),
    async *write({ client }, { main }) {
      yield* write(client, await readTable(client, table), main, options);
    },
  };
}

const graphWriters = {
  graphml: [{ name: "graph.graphml", mediaType: "application/graphml+xml", write: graphml }],
  pajek: [{ name: "graph.net", mediaType: "text/plain", write: pajek }],
  vosviewer: [
    { name: "vosviewer-map.txt", mediaType: "text/tab-separated-values", write: vosviewerMap },
    { name: "vosviewer-network.txt", mediaType: "text/tab-separated-values", write: vosviewerNetwork },
  ],
} as const;

/**
 * A neighbourhood of the citation graph, or all of it for null: one file, or two for VOSviewer. `onSelected` is called
 * with the selected works, before each file.
 */
export function graphFiles(
  format: GraphFormat,
  neighbourhood: ExportedNeighbourhood | null,
  onSelected: (works: WorkSelection) => void = () => {},
): ExportFile[] {
  return graphWriters[format].map(({ name, mediaType, write }) => ({
    name,
    mediaType,
    format,
    async *write({ client }, counts) {
      const works = await selectWorks(client, neighbourhood);
      onSelected(works);
      yield* write(client, works, counts);
    },
  }));
}

const bibliographyWriters = {
  bibtex: { name: "papers.bib", mediaType: "application/x-bibtex", write: bibtex },
  ris: { name: "papers.ris", mediaType: "application/x-research-info-systems", write: ris },
  "csl-json": {
    name: "papers.csl.json",
    mediaType: "application/vnd.citationstyles.csl+json",
    write: cslJson,
  },
} as const;

/** A set of papers to cite. */
export function bibliographyFile(format: BibliographyFormat, set: PaperSet): ExportFile {
  const { name, mediaType, write } = bibliographyWriters[format];
  return { name, mediaType, format, write: ({ client }, { main }) => write(readEntries(client, set), main) };
}

/** The same text for papers that were read elsewhere, such as through the API, in their order. */
export async function bibliographyText(
  format: BibliographyFormat,
  papers: readonly CitablePaper[],
): Promise<string> {
  let text = "";
  for await (const piece of bibliographyWriters[format].write([entriesOf(papers)], new RowCount())) {
    text += Buffer.from(piece).toString();
  }
  return text;
}
