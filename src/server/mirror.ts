import type { IncomingMessage, ServerResponse } from "node:http";
import { cryptography, fingerprintOf, mergeVersion, registryKey } from "../protocol/index.ts";
import { softwareVersion } from "../runtime/index.ts";
import type { Database, PaperDocument, PaperStates } from "../store/index.ts";
import { type AddressOf, clientKey } from "./client-address.ts";
import { answerFeed } from "./feed.ts";
import { type Route, weakTag, withTimeLimit } from "./http/index.ts";
import type { ChangeWatch } from "./live-changes.ts";
import { answerDocument, openHeaders, revalidated, sendDocument } from "./paper-documents.ts";

type MirrorOptions = {
  readonly database: Database;
  /** How long an answer may read from the database before it is TIMEOUT. */
  readonly milliseconds: number;
  /** The address that others reach this mirror by, without a trailing `/`. Defaults to the Host header. */
  readonly baseUrl?: string | undefined;
  /** Notifies of changes; owned by the caller. */
  readonly watch: ChangeWatch;
  readonly addressOf: AddressOf;
  /** Makes the documents; owned by the caller. */
  readonly states: PaperStates;
};

type Handle = Route["handle"];

/** The routes that other mirrors read (PROTOCOL section 8), and the feed of changes. */
export type MirrorHandlers = {
  readonly feed: Handle;
  readonly manifest: Handle;
  /**
   * A document of the paper whose suffix the path captures. `referenceTo` gives the same document under another suffix,
   * as a relative reference.
   */
  readonly document: (document: PaperDocument, referenceTo: (suffix: string) => string) => Handle;
};

export function createMirrorHandlers(options: MirrorOptions): MirrorHandlers {
  const { database, milliseconds, baseUrl, watch, addressOf, states } = options;
  const originOf = (request: IncomingMessage) => baseUrl ?? originOfRequest(request);
  return {
    feed: withTimeLimit(
      (request, response, { read }) =>
        answerFeed({ database, watch, read, address: clientKey(addressOf(request)) }, request, response),
      milliseconds,
      openHeaders,
    ),
    manifest: (request, response) => answerManifest(originOf(request), request, response),
    document: (document, referenceTo) =>
      withTimeLimit(
        (request, response, { read, disconnected, captured: [suffix = ""] }) =>
          answerDocument(
            {
              database,
              read,
              disconnected,
              states,
              document,
              suffix,
              referenceTo,
              origin: originOf(request),
            },
            request,
            response,
          ),
        milliseconds,
        openHeaders,
      ),
  };
}

async function answerManifest(
  origin: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const manifest = manifestOf(origin, new Date().toISOString());
  // Everything but the time follows from the address.
  const digest = cryptography.sha256Text(origin);
  await sendDocument(request, response, {
    text: Buffer.from(`${JSON.stringify(manifest)}\n`),
    tag: () => weakTag(`${softwareVersion}-${digest}`),
    cacheControl: revalidated,
  });
}

/** The address that the client used for this server; the socket's own if it sent no valid Host header. */
function originOfRequest({ headers: { host }, socket }: IncomingMessage): string {
  if (host !== undefined && /^(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?$/.test(host))
    return `http://${host}`;
  return `http://localhost:${socket.localPort ?? 80}`;
}

/** `/pith-mirrors.json`: where this mirror's documents are, in the form of PROTOCOL section 8. */
function manifestOf(baseUrl: string, generatedAt: string) {
  const publicKey = Buffer.from(registryKey.public_key_b64, "base64");
  return {
    manifest_type: "pith_mirror_manifest",
    manifest_version: "1.0",
    generated_at: generatedAt,
    merge_version: mergeVersion,
    mirrors: [
      {
        name: new URL(baseUrl).host,
        mirror_type: new URL(baseUrl).protocol.slice(0, -1),
        base_url: baseUrl,
        bundle_pattern: `${baseUrl}/pith/{suffix}/bundle.json`,
        state_pattern: `${baseUrl}/pith/{suffix}/state.json`,
        well_known_pattern: `${baseUrl}/.well-known/pith/{suffix}/bundle.json`,
        public_key: {
          key_id: registryKey.key_id,
          algorithm: "ed25519",
          format: "raw",
          public_key_b64: registryKey.public_key_b64,
          public_key_hex: publicKey.toString("hex"),
          fingerprint_sha256_hex: fingerprintOf(publicKey),
          rotates_at: null,
        },
        status: "mirror",
      },
    ],
    notes:
      "Any conforming mirror may host the same bundles. Current state is computed by deterministic merge, not by trusting this manifest.",
  };
}
