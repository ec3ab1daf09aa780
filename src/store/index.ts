export { type Database, type DatabaseOptions, openDatabase, type Queries } from "./database.ts";
export { type IdentifierKind, identifierIdOf, paperIdOf, workIdOf } from "./ids.ts";
export { type LogRows, mergeLog, type PaperLog, parseLog, readLogRows, readLogs } from "./log.ts";
export { migrateDatabase, NewerSchemaError, readSchemaState, type SchemaState } from "./migrate.ts";
