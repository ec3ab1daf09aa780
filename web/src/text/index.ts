export { citedTitle, looksLikeTitle } from "./cited-title.ts";
export { Said } from "./document-text.tsx";
export {
  authorsInShort,
  counted,
  quoted,
  readList,
  shownYear,
  sourceAddress,
  timesText,
  writeList,
  yearText,
} from "./format.ts";
