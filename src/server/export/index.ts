export { type ExportSettings, noExports } from "./export-settings.ts";
export { createExportRoutes } from "./routes.ts";
