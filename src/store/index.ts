export { type Database, type DatabaseOptions, openDatabase, type Queries } from "./database.ts";
export { type IdentifierKind, identifierIdOf, paperIdOf, workIdOf } from "./ids.ts";
export { type LogText, mergeLog, type PaperLog, parseLog, readLogs, readLogTexts } from "./log.ts";
export {
  migrateDatabase,
  readSchemaState,
  SchemaError,
  type SchemaState,
  schemaErrorOf,
} from "./migrate.ts";
