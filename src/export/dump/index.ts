export { writeDump } from "./dump.ts";
export { type WrittenFile, writeWhole } from "./written-file.ts";
