export { type AuthorName, parseAuthors, parseName } from "./names/parse-authors.ts";
export { readableText } from "./readable-text.ts";
export { texToText } from "./tex/tex-to-text.ts";
export { textToTex } from "./tex/text-to-tex.ts";
export { foldWhiteSpace } from "./white-space.ts";
