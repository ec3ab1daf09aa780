export { type AuthorName, parseAuthors, parseName } from "./names/index.ts";
export { nodeIdOf, plainNodeCharacters } from "./node-id.ts";
export { readableText } from "./readable-text.ts";
export {
  formulaLength,
  formulaPattern,
  innerFormulaPattern,
  numberPattern,
  spreadsheetText,
} from "./spreadsheet.ts";
export { texToText, textToTex } from "./tex/index.ts";
export { foldWhiteSpace } from "./white-space.ts";
