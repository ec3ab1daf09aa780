import { createHash, randomBytes } from "node:crypto";
import type { Command } from "commander";
import { jsonLine } from "./output/shown-text.ts";

export function addTokenCommand(program: Command): void {
  program
    .command("token")
    .description("make a token for submitting documents, and the hash of it for PITH_GRAPH_TOKENS")
    .argument("[name]", "whose it is, for people")
    .option("--json", "print both as one line of JSON")
    .addHelpText(
      "after",
      `
The token itself is kept nowhere: whoever submits has it, the configuration has its hash.

Examples:
  $ pith-graph token ada

JSON: {"token", "setting": the entry of PITH_GRAPH_TOKENS}.`,
    )
    .action((name: string | undefined, options: { readonly json?: boolean }) => {
      const token = randomBytes(32).toString("base64url");
      const sha256 = createHash("sha256").update(token).digest("hex");
      // Characters that the setting cannot contain, or a terminal would obey.
      const owner = name?.replace(/[\p{C}\s,:]+/gu, "-") ?? "";
      const setting = `${owner === "" ? "" : `${owner}:`}${sha256}`;
      process.stdout.write(
        options.json === true
          ? `${jsonLine({ token, setting })}\n`
          : `token                ${token}\nPITH_GRAPH_TOKENS    ${setting}\n`,
      );
    });
}
