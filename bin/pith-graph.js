#!/usr/bin/env node
// The launcher. In a checkout it first brings dist/ up to date with src/; an installed package brings its own dist/.
import { buildIfNeeded } from "./build.js";

await buildIfNeeded();
// Packages check more than they need to while they are developed: graphql asks each type twice over what it is.
process.env.NODE_ENV ??= "production";
const { main } = await import("../dist/cli/main.js");
await main();
