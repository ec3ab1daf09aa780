export { createExportHandlers, exportFilePattern, noExports } from "./handlers.ts";
