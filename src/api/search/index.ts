import "./search.ts";

export { claimHas, readQuery } from "./text-search.ts";
