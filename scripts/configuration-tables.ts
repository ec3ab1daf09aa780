// Writes the tables of docs/configuration.md from the declarations in src/config. With --check exits with 1 if they
// differ.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { topics } from "../src/config/index.ts";

const path = fileURLToPath(new URL("../docs/configuration.md", import.meta.url));
const head = "| Variable | Default | Description |\n| --- | --- | --- |\n";

/** The page with the declared table under each topic's heading. Throws if a heading is missing. */
export function withTables(page: string): string {
  let written = page;
  for (const { title, variables } of topics) {
    const rows = Object.values(variables).map(
      (variable) =>
        `| \`${variable.name}\` | ${variable.default === undefined ? "" : `\`${variable.default}\` `}| ${variable.description} |\n`,
    );
    const section = new RegExp(
      `(^## ${title}\n(?:(?!## ).*\n)*?)\\| Variable .*\n\\| --- .*\n(?:\\|.*\n)*`,
      "m",
    );
    if (!section.test(written)) throw new Error(`docs/configuration.md has no table under "## ${title}".`);
    written = written.replace(section, (_, before: string) => before + head + rows.join(""));
  }
  return written;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const page = readFileSync(path, "utf8");
  const written = withTables(page);
  if (!process.argv.includes("--check")) writeFileSync(path, written);
  else if (written !== page) {
    console.error("docs/configuration.md differs from src/config. Run `npm run docs:configuration`.");
    process.exitCode = 1;
  }
}
