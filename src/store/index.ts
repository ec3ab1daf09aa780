export { appliedEventIds, type BuiltDocument, buildDocument, type PaperDocument } from "./build-document.ts";
export { cancellable, connectUntil, endingSignal, type Sender, untilAborted } from "./cancellation.ts";
export { asExpensive, askerOf, nameAsker, Turnstile } from "./connection-shares.ts";
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
  type Change,
  changesChannel,
  checksumAt,
  type FeedPosition,
  feedHead,
  readChanges,
  recordChanges,
  type StateChange,
} from "./feed.ts";
export {
  type GraphChanges,
  type GraphEdge,
  graphChannel,
  readGraphPayload,
  recordGraphChanges,
  recordGraphReset,
} from "./graph-feed.ts";
export { guardedClients } from "./guarded-client.ts";
export { type Listening, type ListenOptions, listen } from "./listen.ts";
export {
  clearRebuildDue,
  isTooOld,
  migrateDatabase,
  oldestMajor,
  readRebuildDue,
  readSchemaState,
  refuseOldServer,
  SchemaError,
  type SchemaState,
  schemaErrorOf,
  versionText,
} from "./migrate.ts";
export {
  isLarge,
  type PaperHead,
  PaperStates,
  QueueFullError,
  readHeads,
  type WantedDocument,
} from "./paper-states.ts";
export { prepareRows, readRows } from "./prepared-rows.ts";
export { type Position, parsePosition, positionText, type ReadServer } from "./read-server.ts";
export { ReadServers } from "./read-servers.ts";
export { bigintArray, type Cell, copyIn, upsertRows } from "./rows.ts";
export {
  describeDatabaseError,
  isConflict,
  isConstraintViolation,
  isServerFault,
  serverFaultOf,
} from "./server-fault.ts";
export { queryWithLayout, readLayout, shapeOf, single, type TableLayout, typeOf } from "./table-layout.ts";
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
  beginWriting,
  idleWriterMilliseconds,
  inSnapshot,
  inTransaction,
  inWriteTransaction,
  keepOpen,
  onConnection,
  type Statements,
  Transaction,
} from "./transaction.ts";
export { readWriteLockWait, type WriteLockWait, waitForWriteLock, writeLock } from "./write-lock.ts";
