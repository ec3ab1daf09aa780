import { resolve } from "node:path";
import { isProof, type Proof } from "./protocol/index.ts";

/** What the environment settles. Secrets and trust come from here, never from documents. */
export type Config = {
  /** A PostgreSQL address; undefined means the embedded server. */
  readonly databaseUrl: string | undefined;
  /** Where the embedded server keeps its data. */
  readonly dataDirectory: string;
  /** A JSON file of keys that are trusted besides the registry's own. */
  readonly keyringPath: string | undefined;
  readonly host: string;
  readonly port: number;
  /** Larger documents are refused with TOO_LARGE. */
  readonly maximumDocumentBytes: number;
  /** The address that other mirrors reach this one by; undefined takes it from each request. */
  readonly baseUrl: string | undefined;
  /** Hosts, each with or without a port, that `sync` may reach by http and on private addresses. */
  readonly allowedHosts: readonly string[];
};

/** A setting that cannot be used; the message names it and says what it should be. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads and checks the configuration. Throws ConfigError. */
export function readConfig(environment: Environment = process.env): Config {
  const text = (name: string) => environment[name]?.trim() || undefined;
  return {
    databaseUrl: databaseUrl(text("DATABASE_URL")),
    dataDirectory: resolve(text("PITH_GRAPH_DATA") ?? ".pith-graph"),
    keyringPath: text("PITH_GRAPH_KEYRING"),
    host: text("HOST") ?? "127.0.0.1",
    port: integer("PORT", text("PORT") ?? "4000", 0, 65_535),
    maximumDocumentBytes: integer(
      "PITH_GRAPH_MAX_DOCUMENT_BYTES",
      text("PITH_GRAPH_MAX_DOCUMENT_BYTES") ?? "67108864",
      1,
      2 ** 29,
    ),
    baseUrl: baseUrl(text("PITH_GRAPH_BASE_URL")),
    allowedHosts: (text("PITH_GRAPH_ALLOW_HOSTS") ?? "").split(/[\s,]+/).filter((host) => host !== ""),
  };
}

function baseUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "") {
    return url.href.replace(/\/+$/, "");
  }
  throw new ConfigError(
    `PITH_GRAPH_BASE_URL must be an address like https://mirror.example.org, not ${JSON.stringify(text)}.`,
  );
}

function databaseUrl(url: string | undefined): string | undefined {
  if (url === undefined || /^postgres(?:ql)?:\/\//.test(url)) return url;
  // The value may hold a password: it is not repeated.
  throw new ConfigError("DATABASE_URL must begin with postgres:// or postgresql://.");
}

function integer(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new ConfigError(
    `${name} must be a whole number from ${least} to ${most}, not ${JSON.stringify(text)}.`,
  );
}

/** Reads the least proof that a source lets in, as a person writes it. Throws ConfigError. */
export function readMinimumProof(text: string): Proof {
  if (isProof(text)) return text;
  throw new ConfigError(`The minimum proof is hash, receipt or signed, not ${JSON.stringify(text)}.`);
}
