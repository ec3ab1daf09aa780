// Writes the library's reference with TypeDoc to docs/library/.
import { installTools, run, toolPath } from "./tools.ts";

await installTools();
await run(toolPath("typedoc"), [
  "--entryPoints",
  "src/protocol/index.ts",
  "--tsconfig",
  "tsconfig.library.json",
  "--name",
  "pith-graph/protocol",
  "--readme",
  "docs/library.md",
  "--out",
  "docs/library",
  // Links to lines would need the address of the published repository.
  "--disableSources",
  "--treatWarningsAsErrors",
]);
