export { grantAnalyst, isRoleName, isValidPassword, removeAnalyst } from "./analyst.ts";
export type { CitablePaper, CitableRef, PaperSet } from "./bibliography.ts";
export { ExportCounts } from "./copy-out.ts";
export type { CsvOptions } from "./csv-ndjson.ts";
export { writeDump } from "./dump.ts";
export {
  type BibliographyFormat,
  bibliographyFile,
  bibliographyFormats,
  bibliographyText,
  type ExportFile,
  type ExportFormat,
  type GraphFormat,
  graphFiles,
  graphFormats,
  type TableFormat,
  tableFile,
  tableFormats,
} from "./export-file.ts";
export type { ExportedNeighbourhood } from "./graph-rows.ts";
export { refreshAnalytics } from "./refresh-analytics.ts";
export { type ExportedSet, type Snapshot, withSnapshot } from "./snapshot.ts";
export {
  parseRowKey,
  readTable,
  type TableName,
  tableNames,
} from "./tables.ts";
export { writeFileAtomically } from "./write-file.ts";
