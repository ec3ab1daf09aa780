export {
  emptyChecksum,
  type IdentifierKind,
  identifierIdOf,
  paperIdOf,
  setChecksum,
  workIdOf,
} from "./hashes.ts";
export {
  aliasesText,
  aliasValue,
  readLoggedAliases,
  readStoredAliases,
  readVotes,
  type StoredAlias,
  type Target,
  type Vote,
  votesText,
} from "./json-columns.ts";
export { comparePapersOfWork, compareVersions } from "./paper-order.ts";
