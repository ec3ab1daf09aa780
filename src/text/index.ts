export {
  formulaLength,
  formulaPattern,
  graphNodeId,
  innerFormulaPattern,
  numberPattern,
  plainNodeCharacters,
  spreadsheetText,
} from "./export-text.ts";
export { type AuthorName, parseAuthors, parseName } from "./parse-authors.ts";
export { foldWhiteSpace, readableText } from "./readable-text.ts";
export { texToText } from "./tex-to-text.ts";
export { textToTex } from "./text-to-tex.ts";
