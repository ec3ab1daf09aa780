export {
  aliasesText,
  aliasValue,
  readBroughtAliases,
  readStoredAliases,
  readVoices,
  type StoredAlias,
  type Target,
  type Voice,
  voicesText,
} from "./aliases-text.ts";
export { type IdentifierKind, identifierIdOf, paperIdOf, workIdOf } from "./ids.ts";
export { compareStandIns, compareVersions } from "./paper-order.ts";
export { emptyChecksum, setChecksum } from "./set-checksum.ts";
