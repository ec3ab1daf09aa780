import { createHash, randomBytes } from "node:crypto";
import type { Command } from "commander";

export function addTokenCommand(program: Command): void {
  program
    .command("token")
    .description("make a token for submitting documents, and the hash of it for PITH_GRAPH_TOKENS")
    .argument("[name]", "whose it is, for people")
    .action((name?: string) => {
      const token = randomBytes(32).toString("base64url");
      const sha256 = createHash("sha256").update(token).digest("hex");
      process.stdout.write(`token                ${token}
PITH_GRAPH_TOKENS    ${name === undefined ? "" : `${name.replace(/[\s,:]+/g, "-")}:`}${sha256}
`);
    });
}
