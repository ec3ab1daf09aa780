export { createExplorerRoutes } from "./routes.ts";
