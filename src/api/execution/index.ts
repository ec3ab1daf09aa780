export { boundFields } from "./bound-fields.ts";
export { executeToText, PacedItems } from "./execute-to-text.ts";
