import type { IncomingMessage } from "node:http";
import { LRUCache } from "lru-cache";

/** Encodings of an answer's body; the first that a client accepts is best. */
export type Encoding = "br" | "gzip" | "identity";

/** The best of the offered encodings that a request's Accept-Encoding accepts (RFC 9110, 12.5.3). */
export function acceptedEncoding(
  { headers }: Pick<IncomingMessage, "headers">,
  offered: readonly Encoding[] = ["br", "gzip"],
): Encoding {
  const accepted = new Map<string, boolean>();
  for (const item of String(headers["accept-encoding"] ?? "").split(",")) {
    const [coding = "", ...parameters] = item.split(";").map((part) => part.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith("q="));
    accepted.set(
      coding === "x-gzip" ? "gzip" : coding,
      quality === undefined || Number(quality.slice(2)) > 0,
    );
  }
  return offered.find((coding) => accepted.get(coding) ?? accepted.get("*") ?? false) ?? "identity";
}

/** The media types of a JSON answer; the last is for clients that accept any type. */
const jsonTypes = ["application/graphql-response+json", "application/json"] as const;

export type JsonType = (typeof jsonTypes)[number];

/** Media types that a client's Accept header allows. */
export type AcceptedTypes = {
  /** The JSON type that is listed first; null if neither is accepted. */
  readonly json: JsonType | null;
  /** Whether `text/event-stream` is accepted. */
  readonly events: boolean;
};

const anyType: AcceptedTypes = { json: "application/json", events: true };

/** Clients send only a few distinct headers, again and again. */
const cache = new LRUCache<string, AcceptedTypes>({ max: 100 });

export function acceptedTypes(accept: string | undefined): AcceptedTypes {
  if (accept === undefined || accept === "*/*") return anyType;
  const cached = cache.get(accept);
  if (cached !== undefined) return cached;
  const ranges = utf8Ranges(accept);
  const json = ranges
    .map((range) => jsonTypes.findLast((type) => isInRange(type, range)))
    .find((type) => type !== undefined);
  const types = { json: json ?? null, events: ranges.some((range) => isInRange("text/event-stream", range)) };
  cache.set(accept, types);
  return types;
}

/** The media ranges in order, without those of a charset other than UTF-8. */
function utf8Ranges(accept: string): string[] {
  return accept
    .replace(/\s/g, "")
    .toLowerCase()
    .split(",")
    .map((part) => part.split(";"))
    .filter((parts) => parts.every((part) => !part.includes("charset=") || part === "charset=utf-8"))
    .map(([range = ""]) => range);
}

function isInRange(type: string, range: string): boolean {
  if (range === "*/*" || range === type) return true;
  return range.endsWith("/*") && type.startsWith(range.slice(0, -1));
}

/** Whether an Accept header names HTML, as browsers do for a page. */
export function acceptsHtml(accept: string | undefined): boolean {
  return /(?:^|[,\s])(?:text\/html|application\/xhtml\+xml)(?:$|[,;\s])/i.test(accept ?? "");
}
