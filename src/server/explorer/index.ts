export { readExplorerDocuments } from "./built-files.ts";
export {
  createExplorerHandlers,
  type ExplorerHandlers,
  explorerFilePattern,
  explorerPagePattern,
} from "./handlers.ts";
