import { readFileSync } from "node:fs";

/** This software's version, as package.json has it: one folder up from src/ and from dist/ alike. */
export const softwareVersion: string = (
  JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string }
).version;
