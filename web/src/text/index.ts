export { extractTitle, looksLikeTitle } from "./cited-title.ts";
export { DocumentText } from "./document-text.tsx";
export {
  displayYear,
  formatCount,
  formatRefList,
  formatTimes,
  formatYear,
  parseRefList,
  quoteNames,
  shortAuthors,
  sourceUrl,
} from "./format.ts";
