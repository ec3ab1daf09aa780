import type { GraphQLRequest } from "./query.ts";
import type { Random } from "./random.ts";

/** A query's text with a mistake in it, or with an excess of something. */
export function damaged(query: string, random: Random): string {
  const at = random.integer(0, query.length);
  const to = random.integer(at, Math.min(query.length, at + 40));
  const slice = query.slice(at, to);
  switch (random.integer(0, 7)) {
    case 0:
      return query.slice(0, at) + query.slice(to);
    case 1:
      return query.slice(0, at) + slice.repeat(random.integer(2, 400)) + query.slice(at);
    case 2:
      return (
        query.slice(0, at) +
        random.of(["{", "}", "(", "[", '"', '"""', "@", "$", "...", "\u0000", "💥", "#"]) +
        query.slice(at)
      );
    case 3:
      return `${query} ${query}`;
    case 4:
      return `{ ${Array.from({ length: random.integer(100, 1_500) }, (_, index) => `a${index}: status { papers }`).join(" ")} }`;
    case 5:
      return `${"{ papers { nodes ".repeat(random.integer(5, 500))}{ id }`;
    case 6: {
      const levels = random.integer(2, 60);
      const fragments = Array.from(
        { length: levels },
        (_, level) =>
          `fragment L${level} on Work { a: paper { work { ...L${level + 1} } } b: paper { work { ...L${level + 1} } } }`,
      );
      return `{ papers(first: 1) { nodes { work { ...L0 } } } } ${fragments.join(" ")} fragment L${levels} on Work { ${random.chance(0.5) ? "title" : "...L0"} }`;
    }
    default:
      return query.replace(/\d+/g, () => random.of(["0", "100", "2147483648", "1e9", "-0"]));
  }
}

/** A request for `fetch`, mostly like a client's. */
export function requestOf(
  given: GraphQLRequest,
  random: Random,
): { readonly search: string; readonly init: RequestInit } {
  const json = { "content-type": "application/json" };
  const post = (body: unknown, headers: Record<string, string> = json) => ({
    search: "",
    init: { method: "POST", headers, body: typeof body === "string" ? body : JSON.stringify(body) },
  });
  if (random.chance(0.9)) return post(given);
  switch (random.integer(0, 9)) {
    case 0: {
      const search = new URLSearchParams({
        query: given.query.slice(0, 2_000),
        variables: JSON.stringify(given.variables).slice(0, 2_000),
      });
      return { search: `?${search}`, init: { method: "GET", headers: { accept: "application/json" } } };
    }
    case 1:
      return post(JSON.stringify(given).slice(0, random.integer(0, 200)));
    case 2:
      return post([given, given]);
    case 3:
      return post({ ...given, variables: random.of([[], "x", 1, null, true]) });
    case 4:
      return post({ ...given, operationName: random.of(["Fuzz", "Other", "", null, 1, {}]) });
    case 5:
      return post({
        ...given,
        extensions: random.of([null, [], { persistedQuery: { version: 1, sha256Hash: "0" } }]),
      });
    case 6:
      return post(
        random.of(["null", "1", '"x"', "{}", "[]", '{"query":null}', '{"query":{}}', '{"query":""}']),
      );
    case 7:
      return post(given, {
        "content-type": random.of([
          "text/plain",
          "application/x-www-form-urlencoded",
          "application/graphql",
          "multipart/form-data; boundary=x",
          "application/json; charset=utf-16",
        ]),
      });
    case 8:
      return post(given, {
        ...json,
        accept: random.of([
          "text/event-stream",
          "application/graphql-response+json",
          "image/png",
          "multipart/mixed",
        ]),
      });
    default:
      return post(
        JSON.stringify({ ...given, variables: 0 }).replace(
          '"variables":0',
          `"variables":{"v0":${"[".repeat(9_000)}${"]".repeat(9_000)}}`,
        ),
      );
  }
}
