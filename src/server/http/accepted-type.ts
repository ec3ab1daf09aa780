/** What one JSON answer can be sent as; the later one where a client takes any. */
const jsonTypes = ["application/graphql-response+json", "application/json"] as const;

export type JsonType = (typeof jsonTypes)[number];

/** Clients send a handful of texts, again and again. */
const mostKept = 100;
const kept = new Map<string, JsonType | null>();

/**
 * The JSON type that a client asks for by its Accept header, first come first served, as graphql-yoga reads it; null
 * where it takes none of them.
 */
export function acceptedJsonType(accept: string | undefined): JsonType | null {
  if (accept === undefined || accept === "*/*") return "application/json";
  const known = kept.get(accept);
  if (known !== undefined) return known;
  const chosen = choose(accept);
  if (kept.size >= mostKept) kept.clear();
  kept.set(accept, chosen);
  return chosen;
}

function choose(accept: string): JsonType | null {
  for (const part of accept.replace(/\s/g, "").toLowerCase().split(",")) {
    const [asked = "", ...parameters] = part.split(";");
    const charset = parameters.find((parameter) => parameter.includes("charset="));
    if (charset !== undefined && charset !== "charset=utf-8") continue;
    const fitting = jsonTypes.findLast((type) => fits(type, asked));
    if (fitting !== undefined) return fitting;
  }
  return null;
}

function fits(type: JsonType, asked: string): boolean {
  const [kind, subtype] = asked.split("/");
  return (kind === "*" || kind === "application") && (subtype === "*" || type === `application/${subtype}`);
}

/** Whether an Accept header names HTML, as browsers do for a page. */
export function asksForPage(accept: string | undefined): boolean {
  return /(?:^|[,\s])(?:text\/html|application\/xhtml\+xml)(?:$|[,;\s])/i.test(accept ?? "");
}
