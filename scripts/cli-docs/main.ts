// Writes docs/cli.md.
import { writeFile } from "node:fs/promises";
import { renderCliDocs } from "./render.ts";

await writeFile(new URL("../../docs/cli.md", import.meta.url), await renderCliDocs());
