export { bibtex } from "./bibtex.ts";
export type { CitableRef, PaperSet } from "./citable-paper.ts";
export { cslJson } from "./csl-json.ts";
export { ris } from "./ris.ts";
