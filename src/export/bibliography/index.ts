export { bibtex } from "./bibtex.ts";
export type { CitablePaper, CitableRef, PaperSet } from "./citable-paper.ts";
export { cslJson } from "./csl-json.ts";
export { entriesOf, readEntries } from "./entries.ts";
export { ris } from "./ris.ts";
