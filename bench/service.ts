import { createHash } from "node:crypto";
import { type StartedServer, startServerProcess } from "../scripts/started-server.ts";
import type { Site } from "./bulk-run.ts";
import { bundleOf } from "./corpus.ts";
import { median } from "./measure.ts";

const token = "a-token-of-the-bench-that-opens-nothing-else";

/** A running `pith-graph serve`: API and worker. */
export type Service = StartedServer;

export function startService({ url, keyring }: Site): Promise<Service> {
  const environment = {
    ...process.env,
    DATABASE_URL: url,
    PITH_GRAPH_TOKENS: `bench:${createHash("sha256").update(token).digest("hex")}`,
  };
  return startServerProcess(["serve", "--keyring", keyring], environment);
}

const paperQuery = `query ($ref: String!) { paper(ref: $ref) {
  title authors work { citedByCount } verification { proof }
  claims(first: 5) { nodes { kind text provenance { proof signer { signerId } } } }
  references(first: 20) { nodes { title work { id } } } } }`;

type Answer = {
  readonly data?: { readonly paper: { readonly title: string } | null };
  readonly errors?: unknown;
};

async function fetchPaper(origin: string, ref: string): Promise<Answer> {
  const response = await fetch(`${origin}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: paperQuery, variables: { ref } }),
  });
  const answer = (await response.json()) as Answer;
  if (answer.errors !== undefined) throw new Error(JSON.stringify(answer.errors));
  return answer;
}

/** Milliseconds of queries for stored papers, one after the other, for some seconds. */
export async function queryLatency(
  { origin }: Service,
  refs: readonly string[],
  seconds: number,
): Promise<{ p50: number; p95: number; queries: number }> {
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const ref = refs[Math.floor(Math.random() * refs.length)] as string;
    const start = performance.now();
    const { data } = await fetchPaper(origin, ref);
    if (data?.paper == null) throw new Error(`${ref} is not stored.`);
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), queries: times.length };
}

/** The interval of queries for a submission's paper. */
const pollMilliseconds = 4;

/** The median time in milliseconds from the acknowledgement of a submission until its paper can be queried. */
export async function submissionLatency(
  { origin }: Service,
  count: number,
  firstNumber: number,
): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    // Numbers that arXiv never used.
    const id = `hep-th/9912${firstNumber + index}`;
    const response = await fetch(`${origin}/ingest`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify(bundleOf(id, ["hep-th/9711200", "hep-th/9905111"], 1)),
    });
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
    await response.text();
    const start = performance.now();
    while ((await fetchPaper(origin, id)).data?.paper == null) {
      if (performance.now() - start > 30_000) throw new Error(`${id} was not ingested within 30 s.`);
      await new Promise((resolve) => setTimeout(resolve, pollMilliseconds));
    }
    times.push(performance.now() - start);
  }
  return median(times);
}
