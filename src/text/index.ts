export { type AuthorName, parseAuthors, parseName } from "./names/parse-authors.ts";
export { nodeIdOf, plainNodeCharacters } from "./node-id.ts";
export { readableText } from "./readable-text.ts";
export {
  formulaLength,
  formulaPattern,
  innerFormulaPattern,
  numberPattern,
  spreadsheetText,
} from "./spreadsheet.ts";
export { texToText } from "./tex/tex-to-text.ts";
export { textToTex } from "./tex/text-to-tex.ts";
export { foldWhiteSpace } from "./white-space.ts";
