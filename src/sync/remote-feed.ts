import { isPithNumber, type PithNumber } from "../protocol/index.ts";
import { MirrorError } from "./fetch-error.ts";

/** The parts of another mirror's feed page that are used. Hashes are in lower-case hex. */
export type RemoteFeedPage = {
  /** The checksum at the requested position; null if the feed ends before it. */
  readonly checksumAfter: string | null;
  readonly head: { readonly position: bigint; readonly checksum: string };
  readonly changes: readonly {
    readonly position: bigint;
    readonly pithNumber: PithNumber;
    readonly stateSha256: string;
    readonly checksum: string;
  }[];
};

/** Parses a response of `/feed?after=<position>`. Throws MirrorError if it is invalid. */
export function readFeedPage(bytes: Uint8Array, after: bigint): RemoteFeedPage {
  const page = parse(bytes);
  if (!isObject(page) || page["feed_type"] !== "pith_graph_feed" || page["feed_version"] !== "1.0") {
    throw new MirrorError("The mirror's /feed is not a pith_graph_feed of version 1.0.");
  }
  const { after: start, head, changes } = page;
  if (!isObject(start) || !isObject(head) || !Array.isArray(changes))
    throw malformed("after, head or changes");
  let last = after;
  return {
    checksumAfter: start["checksum"] === null ? null : readHash(start["checksum"]),
    head: { position: readPosition(head["position"]), checksum: readHash(head["checksum"]) },
    changes: (changes as unknown[]).map((change) => {
      if (!isObject(change)) throw malformed("changes");
      const position = readPosition(change["position"]);
      const { pith_number: pithNumber } = change;
      if (position <= last) throw malformed("order of positions");
      if (!isPithNumber(pithNumber)) throw malformed("pith_number");
      last = position;
      return {
        position,
        pithNumber,
        stateSha256: readHash(change["state_sha256"], "state_sha256"),
        checksum: readHash(change["checksum"]),
      };
    }),
  };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    throw new MirrorError("The mirror's /feed is not valid JSON.");
  }
}

function readPosition(value: unknown): bigint {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  throw malformed("position");
}

function readHash(value: unknown, name = "checksum"): string {
  if (typeof value === "string" && /^[0-9a-f]{64}$/.test(value)) return value;
  throw malformed(name);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function malformed(what: string): MirrorError {
  return new MirrorError(`The mirror's /feed is invalid: ${what}.`);
}
