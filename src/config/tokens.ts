import { ConfigError } from "./config-error.ts";
import { list } from "./values.ts";

/** A bearer token that something is allowed to. Only its hash is known here. */
export type BearerToken = {
  /** For people; the first 16 hex digits of the hash where none is given. */
  readonly name: string;
  /** Of the token's UTF-8 bytes; 32 bytes. */
  readonly sha256: Buffer;
};

/** Reads `name:sha256, sha256, …`. What is wrong is not repeated: it may be a token itself. */
export function bearerTokens(given: string, variable: string): BearerToken[] {
  return list(given, variable).map((entry, index) => {
    const [, name, hex = ""] = /^(?:([^:]+):)?([0-9a-f]{64})$/i.exec(entry) ?? [];
    if (hex === "") {
      throw new ConfigError(
        `${variable} takes SHA-256 hashes of tokens, each as 64 hex digits or name:digits, separated by commas; ` +
          `entry ${index + 1} is none. \`pith-graph token\` makes a token and its hash.`,
      );
    }
    return { name: name ?? hex.slice(0, 16).toLowerCase(), sha256: Buffer.from(hex, "hex") };
  });
}

/** The names alone. */
export function maskedTokens(given: string): string {
  return list(given, "")
    .map((entry) => entry.replace(/[0-9a-f]{64}$/i, "***"))
    .join(",");
}
