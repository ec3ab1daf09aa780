// The tests of the command line run what is compiled: once, before any of them.
import { buildIfNeeded } from "../bin/build.js";

export function setup(): void {
  buildIfNeeded();
}
