export { type FileFormat, saveGraph } from "./save-graph.ts";
