#!/usr/bin/env node
// The launcher. In a checkout it first brings dist/ up to date with src/; an installed package brings its own dist/.
import { buildIfNeeded } from "./build.js";

buildIfNeeded();
const { main } = await import("../dist/cli/main.js");
await main();
