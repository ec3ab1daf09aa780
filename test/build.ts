// Compiles the program once before the tests, for those of the command line.
import { buildIfNeeded } from "../bin/build.js";

export async function setup(): Promise<void> {
  await buildIfNeeded();
}
