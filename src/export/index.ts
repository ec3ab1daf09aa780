export {
  grantAnalyst,
  isRoleName,
  isSoundPassword,
  RoleInUseError,
  removeAnalyst,
} from "./analytics/analyst-role.ts";
export { refreshAnalytics } from "./analytics/refresh.ts";
export type { CitablePaper, CitableRef, PaperSet } from "./bibliography/citable-paper.ts";
export { ExportCounts } from "./copy-out.ts";
export { writeDump } from "./dump/dump.ts";
export { type WrittenFile, writeWhole } from "./dump/written-file.ts";
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
export type { Neighbourhood } from "./graph/chosen-works.ts";
export { type ExportedSet, type Snapshot, withSnapshot } from "./snapshot.ts";
export {
  type ExportedTable,
  parseRowKey,
  type RowKey,
  readTable,
  type TableName,
  tableNames,
} from "./tables/exported-table.ts";
export type { CsvOptions } from "./tables/text-formats.ts";
