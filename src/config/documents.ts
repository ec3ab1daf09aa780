import { isIP } from "node:net";
import {
  ConfigError,
  list,
  type MinimumProof,
  minimumProof,
  oneOf,
  type Topic,
  text,
  type ValuesOf,
  wholeNumber,
} from "./variable.ts";

/** A bearer token. Only its hash is configured; the token itself is never stored. */
export type BearerToken = {
  /** For people. Defaults to the first 16 hex digits of the hash. */
  readonly name: string;
  /** SHA-256 of the token's UTF-8 bytes: 32 bytes. */
  readonly sha256: Buffer;
};

/** Reads `name:sha256, sha256, …`. Errors never repeat a wrong entry: it may be a token itself. */
function bearerTokens(given: string, variable: string): BearerToken[] {
  return list(given, variable).map((entry, index) => {
    const [, name, hex = ""] = /^(?:([^:]+):)?([0-9a-f]{64})$/i.exec(entry) ?? [];
    if (hex === "") {
      throw new ConfigError(
        `${variable} takes SHA-256 hashes of tokens, 64 hex digits or name:digits, separated by commas; ` +
          `entry ${index + 1} is invalid. \`pith-graph token\` creates a token and its hash.`,
      );
    }
    return { name: name ?? hex.slice(0, 16).toLowerCase(), sha256: Buffer.from(hex, "hex") };
  });
}

/** The entries with their hashes masked. */
function maskedTokens(given: string): string {
  return list(given, "")
    .map((entry) => entry.replace(/[0-9a-f]{64}$/i, "***"))
    .join(",");
}

/** Which keys are trusted, and how documents are exchanged. */
export const documents = {
  title: "Trust and documents",
  variables: {
    keyringPath: {
      name: "PITH_GRAPH_KEYRING",
      description: "JSON file of trusted keys, in addition to the registry's.",
      read: text,
    },
    maximumDocumentBytes: {
      name: "PITH_GRAPH_MAX_DOCUMENT_BYTES",
      default: "67108864",
      description: "Maximum size of a document, in bytes. Larger documents are rejected with `TOO_LARGE`.",
      read: wholeNumber(1, 2 ** 29),
    },
    baseUrl: {
      name: "PITH_GRAPH_BASE_URL",
      description: "Address at which other mirrors reach this one. Defaults to the address of each request.",
      read: baseUrl,
    },
    /** Each entry with or without a port. */
    allowedHosts: {
      name: "PITH_GRAPH_ALLOW_HOSTS",
      description:
        "Comma-separated hosts for which `sync` allows http and private addresses ([mirrors.md](mirrors.md)).",
      read: hosts,
    },
  },
} as const satisfies Topic;

function baseUrl(given: string, name: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "") {
    return url.href.replace(/\/+$/, "");
  }
  throw new ConfigError(
    `${name} must be an address like https://mirror.example.org, not ${JSON.stringify(given)}.`,
  );
}

function hosts(given: string, name: string): readonly string[] {
  const listed = list(given, name);
  const wrong = listed.find((host) => normalizeHost(host) === null);
  if (wrong !== undefined) throw new ConfigError(`${name}: ${invalidHostMessage(wrong)}`);
  return listed;
}

/**
 * Normalises a host, with or without a port, to the form that URLs use, so that two can be compared: `Example.org:443`
 * becomes `example.org:443`, and `::1` becomes `[::1]`. Null for any other text.
 */
export function normalizeHost(text: string): string | null {
  const written = isIP(text) === 6 ? `[${text}]` : text;
  const port = /:(\d{1,5})$/.exec(written)?.[1];
  const url = `http://${port === undefined ? written : written.slice(0, -port.length - 1)}/`;
  if (!URL.canParse(url) || new URL(url).href !== `http://${new URL(url).hostname}/`) return null;
  const { hostname } = new URL(url);
  return port === undefined ? hostname : `${hostname}:${Number(port)}`;
}

/** The error message for a text that `normalizeHost` rejects. */
export function invalidHostMessage(text: string): string {
  return `${JSON.stringify(text)} is not a host: write example.org or example.org:8080.`;
}

/** Who may submit documents, and how much. Limits apply to each token unless stated otherwise. */
export type SubmissionSettings = {
  /** Submissions are off if empty. */
  readonly tokens: readonly BearerToken[];
  readonly minimumProof: MinimumProof;
  /** Larger documents are rejected with `TOO_LARGE`. */
  readonly maximumDocumentBytes: number;
  /** Limit of one request's decompressed body. */
  readonly maximumRequestBytes: number;
  readonly documentsPerMinute: number;
  readonly bytesPerMinute: number;
  /** Limits of the queue, for all tokens together. */
  readonly maximumQueuedDocuments: number;
  readonly maximumQueuedBytes: number;
};

const amount = wholeNumber(1, 2 ** 40);

export const submissionVariables = {
  title: "Submissions",
  variables: {
    tokens: {
      name: "PITH_GRAPH_TOKENS",
      description:
        "Tokens that may submit documents: comma-separated `name:sha256`. Without any, submissions are disabled.",
      read: bearerTokens,
      mask: maskedTokens,
    },
    minimumProof: {
      name: "PITH_GRAPH_SUBMISSION_PROOF",
      default: "signed",
      description: "Minimum proof of an accepted event: `signed`, or `hash` to trust the submitters.",
      read: minimumProof,
    },
    maximumDocumentBytes: {
      name: "PITH_GRAPH_SUBMISSION_BYTES",
      default: "8388608",
      description: "Maximum size of a submitted document, in bytes.",
      read: wholeNumber(1, 2 ** 28),
    },
    maximumRequestBytes: {
      name: "PITH_GRAPH_REQUEST_BYTES",
      default: "67108864",
      description: "Maximum size of a request's body, in bytes after decompression.",
      read: amount,
    },
    documentsPerMinute: {
      name: "PITH_GRAPH_DOCUMENTS_PER_MINUTE",
      default: "6000",
      description: "Maximum documents per minute and token.",
      read: amount,
    },
    bytesPerMinute: {
      name: "PITH_GRAPH_BYTES_PER_MINUTE",
      default: "268435456",
      description: "Maximum bytes per minute and token.",
      read: amount,
    },
    maximumQueuedDocuments: {
      name: "PITH_GRAPH_QUEUE_DOCUMENTS",
      default: "100000",
      description: "Maximum documents in the queue, for all tokens together.",
      read: amount,
    },
    maximumQueuedBytes: {
      name: "PITH_GRAPH_QUEUE_BYTES",
      default: "4294967296",
      description: "Maximum bytes in the queue, for all tokens together.",
      read: amount,
    },
  },
} as const satisfies Topic;

/** Limits a submission to `maxDocumentBytes`, the limit of any document. */
export function submissionSettings(
  { tokens = [], ...values }: ValuesOf<typeof submissionVariables>,
  maxDocumentBytes: number,
): SubmissionSettings {
  return {
    ...values,
    tokens,
    maximumDocumentBytes: Math.min(maxDocumentBytes, values.maximumDocumentBytes),
  };
}

/** Who may export over HTTP: everyone, or clients with one of the tokens. */
export type ExportSettings = { readonly isPublic: boolean; readonly tokens: readonly BearerToken[] };

export const exports = {
  title: "Exports",
  variables: {
    access: {
      name: "PITH_GRAPH_EXPORT",
      default: "token",
      description:
        "Who may export over HTTP: `token` for clients with an export token, `public` for everyone.",
      read: oneOf("token", "public"),
    },
    tokens: {
      name: "PITH_GRAPH_EXPORT_TOKENS",
      description: "Tokens that may export: comma-separated `name:sha256`.",
      read: bearerTokens,
      mask: maskedTokens,
    },
  },
} as const satisfies Topic;

export function exportSettings({ access, tokens = [] }: ValuesOf<typeof exports>): ExportSettings {
  return { isPublic: access === "public", tokens };
}
