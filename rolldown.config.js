// Compiles src/ into dist/ (bin/build.js): one file for each, as TypeScript would write, but an import names the file
// that defines what it uses. Through the modules' index.ts, a command would load most of the software.
import { readdirSync } from "node:fs";
import { basename, dirname, isAbsolute, join } from "node:path";

const sources = join(import.meta.dirname, "src");
const files = readdirSync(sources, { recursive: true }).filter((path) => /(?<!\.d)\.ts$/.test(path));

export default {
  input: Object.fromEntries(files.map((path) => [path.slice(0, -".ts".length), join(sources, path)])),
  platform: "node",
  external: (id) => !id.startsWith(".") && !isAbsolute(id),
  // The types of the API register in the schema when their files are loaded; no other file acts by being loaded.
  treeshake: {
    moduleSideEffects: (path) => dirname(path) === join(sources, "api") && basename(path) !== "index.ts",
  },
  output: { preserveModules: true, preserveModulesRoot: sources, minify: false },
};
