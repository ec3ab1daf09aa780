export { cancellable, connectUntil, endingSignal, type Sender, untilAborted } from "./cancellation.ts";
export { asExpensive, askerOf, nameAsker, Turnstile } from "./connection-shares.ts";
export { CopyRows } from "./copy-format.ts";
export { DataVersion } from "./data-version.ts";
export { type Database, type DatabaseOptions, openDatabase, type Queries } from "./database.ts";
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
export { graphChannel, recordGraphChanges, recordGraphReset } from "./graph-feed.ts";
export { type GraphChanges, type GraphEdge, readGraphPayload } from "./graph-payload.ts";
export { guardedClients } from "./guarded-client.ts";
export {
  CitusMissingError,
  distributeTables,
  queryWithLayout,
  readLayout,
  shapeOf,
  single,
  type TableLayout,
  typeOf,
} from "./layout/index.ts";
export { type Listening, type ListenOptions, listen } from "./listen.ts";
export {
  type LogText,
  mergeLog,
  type PaperLog,
  parseEventTexts,
  parseLog,
  readEventTexts,
  readLogs,
  readLogTexts,
} from "./log.ts";
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
export { prepareRows, readRows } from "./prepared-rows.ts";
export {
  type Position,
  parsePosition,
  positionText,
  type ReadServer,
  ReadServers,
} from "./replicas/index.ts";
export { bigintArray, type Cell, copyIn, upsertRows } from "./rows.ts";
export {
  describeDatabaseError,
  isConflict,
  isConstraintViolation,
  isServerFault,
  serverFaultOf,
} from "./server-fault.ts";
export { inSnapshot } from "./snapshot.ts";
export {
  appliedEventIds,
  type BuiltDocument,
  buildDocument,
  isLarge,
  type PaperDocument,
  type PaperHead,
  PaperStates,
  QueueFullError,
  readHeads,
  type WantedDocument,
} from "./states/index.ts";
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
  inTransaction,
  inWriteTransaction,
  keepOpen,
  onConnection,
  type Statements,
  Transaction,
} from "./transaction.ts";
export { readWriteLockWait, type WriteLockWait, waitForWriteLock, writeLock } from "./write-lock.ts";
