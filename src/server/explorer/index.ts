export { readExplorerDocuments } from "./explorer-documents.ts";
export { createExplorerRoutes } from "./routes.ts";
