export { texToText } from "./tex-to-text.ts";
export { textToTex } from "./text-to-tex.ts";
