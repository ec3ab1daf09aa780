// The tests of the command line run what is compiled: once, before any of them.
import { buildIfNeeded } from "../bin/build.js";

export async function setup(): Promise<void> {
  await buildIfNeeded();
}
