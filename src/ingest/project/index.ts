export type { PaperRow } from "./paper.ts";
export type { ProjectedReference } from "./references.ts";
export { type ClaimRow, type PaperTarget, projectTarget } from "./target.ts";
export { indexable, storable } from "./text.ts";
