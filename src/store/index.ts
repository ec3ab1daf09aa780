export { appliedEventIds, type BuiltDocument, buildDocument, type PaperDocument } from "./build-document.ts";
export {
  cancellableQueries,
  connectWithSignal,
  currentSignal,
  type Queryable,
  runWithSignal,
} from "./cancellation.ts";
export { asExpensive, assignRequester, ConnectionQueue, requesterOf } from "./connection-shares.ts";
export { CopyRows } from "./copy-format.ts";
export { DataVersion } from "./data-version.ts";
export { type Database, type DatabaseOptions, openDatabase, type Queries } from "./database.ts";
export { CitusMissingError, distributeTables } from "./distribute.ts";
export {
  type LogText,
  mergeLog,
  type PaperLog,
  parseEventTexts,
  parseLog,
  readEventTexts,
  readLogs,
  readLogTexts,
} from "./event-log.ts";
export {
  appendChanges,
  type Change,
  changesChannel,
  type FeedPosition,
  readChanges,
  readChecksumAt,
  readFeedHead,
  type StateChange,
} from "./feed.ts";
export {
  beginFirstLoad,
  claimFirstLoad,
  type FirstLoadClaim,
  type IndexProgress,
  readFirstLoad,
} from "./first-load.ts";
export {
  appendGraphChanges,
  appendGraphReset,
  type GraphChanges,
  type GraphEdge,
  graphChannel,
  readGraphPayload,
} from "./graph-feed.ts";
export { guardedClients } from "./guarded-client.ts";
export { type Listening, type ListenOptions, listen } from "./listen.ts";
export {
  clearRebuildDue,
  formatServerVersion,
  isUnsupportedVersion,
  migrateDatabase,
  minServerMajor,
  readRebuildDue,
  readSchemaState,
  requireSupportedServer,
  SchemaError,
  type SchemaState,
  schemaError,
} from "./migrate.ts";
export {
  type DocumentRequest,
  isLargePaper,
  type PaperHead,
  PaperStates,
  QueueFullError,
  readPaperHeads,
} from "./paper-states.ts";
export { prepareRows, readRows } from "./prepared-rows.ts";
export { formatWalPosition, parseWalPosition, type ReadServer, type WalPosition } from "./read-server.ts";
export { ReadServers } from "./read-servers.ts";
export { bigintArray, type Cell, copyIn, upsertRows } from "./rows.ts";
export {
  describeDatabaseError,
  findServerFault,
  isConflict,
  isConstraintViolation,
  isServerFault,
} from "./server-fault.ts";
export {
  columnType,
  inLayout,
  knownLayout,
  queryWithLayout,
  readLayout,
  singleLayout,
  type TableLayout,
  tableShape,
} from "./table-layout.ts";
export {
  categoriesOfPaper,
  citations,
  citingPapers,
  claims,
  claimWords,
  events,
  isNotCurrent,
  isOfRareType,
  isOtherKind,
  namedClaimKinds,
  paperKeys,
  paperNames,
  papers,
  paperWords,
  quarantine,
  records,
  references,
  settings,
  signers,
  submissions,
  type TotalName,
  totals,
  workIdentifiers,
  works,
} from "./tables/index.ts";
export {
  beginWriteTransaction,
  inSnapshot,
  inTransaction,
  inTransactionOn,
  inWriteTransaction,
  keepSessionAlive,
  maxIdleWriterMilliseconds,
  type QueryClient,
  Transaction,
} from "./transaction.ts";
export { readWriteLockWait, type WriteLockWait, waitForWriteLock, writeLock } from "./write-lock.ts";
