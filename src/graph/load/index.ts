export { readGraphInSnapshot } from "./read-graph.ts";
