import type { GraphQLSchema } from "graphql";
import { errorCodes } from "../../src/api/errors.ts";
import { damaged, requestOf } from "./damage.ts";
import { fetchKnown } from "./known.ts";
import { QueryMaker } from "./query.ts";
import { Random } from "./random.ts";

export type FuzzOptions = {
  /** The address of `/graphql`. */
  readonly url: string;
  readonly schema: GraphQLSchema;
  readonly seed: number;
  /** Whether to send another request, given the number of those sent. */
  readonly goesOn: (requests: number) => boolean;
  /** The number of concurrent requests. */
  readonly concurrency: number;
};

export type FuzzReport = {
  readonly requests: number;
  /** The number of answers of each status. */
  readonly statuses: ReadonlyMap<number, number>;
  /** The number of answers with an error of each code; `none` counts those without errors. */
  readonly codes: ReadonlyMap<string, number>;
  /** The faults, each with its request. */
  readonly faults: readonly string[];
  /** Milliseconds. */
  readonly slowest: { readonly milliseconds: number; readonly request: string };
};

type Errors = readonly { readonly message?: unknown; readonly extensions?: { readonly code?: unknown } }[];

/** The codes that are allowed with 503. */
const passing = ["TIMEOUT", "GRAPH_UNAVAILABLE", "UNAVAILABLE", "QUEUE_FULL"];

/** Sends random queries, and checks each answer. */
export async function fuzz({ url, schema, seed, goesOn, concurrency }: FuzzOptions): Promise<FuzzReport> {
  const random = new Random(seed);
  const maker = new QueryMaker(schema, random, await fetchKnown(url));
  const statuses = new Map<number, number>();
  const codes = new Map<string, number>();
  const faults: string[] = [];
  let requests = 0;
  let slowest = { milliseconds: 0, request: "" };

  const send = async (): Promise<void> => {
    const made = maker.make();
    const given = random.chance(0.15) ? { ...made, query: damaged(made.query, random) } : made;
    const { search, init } = requestOf(given, random);
    const request = `${init.method} ${search}${String(init.body ?? "").slice(0, 3_000)} ${JSON.stringify(init.headers)}`;
    const start = performance.now();
    try {
      const response = await fetch(`${url}${search}`, { ...init, signal: AbortSignal.timeout(30_000) });
      const text = await response.text();
      const milliseconds = performance.now() - start;
      if (milliseconds > slowest.milliseconds) slowest = { milliseconds, request };
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      const type = response.headers.get("content-type") ?? "";
      const answer = readAnswer(text, type);
      const found = codesOf(answer);
      for (const code of found) codes.set(code, (codes.get(code) ?? 0) + 1);
      const fault = faultOf(response.status, text, found);
      if (fault !== null) faults.push(`${fault}\n  ${request}\n  ${text.slice(0, 500)}`);
    } catch (error) {
      faults.push(`no answer: ${String(error)}\n  ${request}`);
    }
  };
  const client = async (): Promise<void> => {
    while (faults.length < 20 && goesOn(requests)) {
      requests++;
      await send();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, client));
  return { requests, statuses, codes, faults, slowest };
}

/** The errors of an answer; null if it is not a GraphQL answer. */
function readAnswer(text: string, type: string): Errors | null {
  if (type.startsWith("text/event-stream") || type.startsWith("multipart/")) {
    const data = /^(?:data: )?(\{.*)$/m.exec(text)?.[1];
    return data === undefined ? [] : readAnswer(data, "application/json");
  }
  try {
    const { data, errors } = JSON.parse(text) as { data?: unknown; errors?: Errors };
    return data === undefined && errors === undefined ? null : (errors ?? []);
  } catch {
    return null;
  }
}

function codesOf(errors: Errors | null): string[] {
  if (errors === null) return ["no GraphQL"];
  return errors.length === 0
    ? ["none"]
    : [...new Set(errors.map(({ extensions }) => String(extensions?.code)))];
}

function faultOf(status: number, text: string, codes: readonly string[]): string | null {
  if (status >= 500 && !(status === 503 && codes.some((code) => passing.includes(code))))
    return `status ${status}`;
  if (codes[0] === "none") return null;
  // The answer to a request that is not GraphQL may have another form: no body, or a list of the accepted types.
  if (codes[0] === "no GraphQL") return status >= 400 || text === "" ? null : "an answer that is no GraphQL";
  const unknown = codes.find((code) => !(errorCodes as readonly string[]).includes(code));
  if (unknown !== undefined) return `an error with the code ${unknown}`;
  return codes.includes("INTERNAL_SERVER_ERROR") ? "an internal error" : null;
}
