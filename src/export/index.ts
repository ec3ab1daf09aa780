export {
  grantAnalyst,
  isRoleName,
  isSoundPassword,
  RoleInUseError,
  refreshAnalytics,
  removeAnalyst,
} from "./analytics/index.ts";
export type { CitablePaper, CitableRef, PaperSet } from "./bibliography/index.ts";
export { ExportCounts } from "./copy-out.ts";
export { type WrittenFile, writeDump, writeWhole } from "./dump/index.ts";
export { ExportError } from "./export-error.ts";
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
export type { Neighbourhood } from "./graph/index.ts";
export { type ExportedSet, type Snapshot, withSnapshot } from "./snapshot.ts";
export type { CsvOptions } from "./tables/index.ts";
export {
  type ExportedTable,
  parseRowKey,
  type RowKey,
  readTable,
  type TableName,
  tableNames,
} from "./tables/index.ts";
