import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "../ingest/random.ts";
import { type Acknowledged, token } from "./client.ts";
import type { Papers, SoakPaper } from "./papers.ts";
import type { Site, Stage } from "./stage.ts";

/** The maximum time of a recovery in milliseconds: five minutes, for a busy machine. */
const maxMilliseconds = 300_000;

/** The submissions of the probe to each site. */
export type Probed = { readonly mirror: Acknowledged; readonly source: Acknowledged };

/**
 * Resolves once the system has recovered: a paper submitted to the mirror is merged and found, and one submitted to the
 * source is found on the mirror. Throws if that takes too long.
 */
export async function recovered(stage: Stage, papers: Papers, random: Random, probed: Probed): Promise<void> {
  const end = performance.now() + maxMilliseconds;
  const own = papers.make(random);
  const others = papers.make(random);
  await Promise.all([
    submit(stage.mirror, own, probed.mirror, end).then(() => found(stage.mirror, own, end)),
    submit(stage.source, others, probed.source, end).then(() => found(stage.mirror, others, end)),
  ]);
}

async function submit({ origin, name }: Site, paper: SoakPaper, { ids, papers }: Acknowledged, end: number) {
  await until(end, `A paper submitted to the ${name} was not merged.`, async () => {
    const response = await fetch(`${origin}/ingest?wait=30`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: paper.text,
      signal: AbortSignal.timeout(40_000),
    });
    const { id, status } = JSON.parse(await response.text());
    if (typeof id === "string") ids.push(id);
    return status === "MERGED";
  });
  papers.push(paper);
}

async function found({ origin }: Site, { arxivId }: SoakPaper, end: number): Promise<void> {
  const body = JSON.stringify({
    query: "query ($ref: String!) { paper(ref: $ref) { title } }",
    variables: { ref: arxivId },
  });
  await until(end, `${arxivId} was not found.`, async () => {
    const response = await fetch(`${origin}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      signal: AbortSignal.timeout(10_000),
    });
    return JSON.parse(await response.text()).data?.paper?.title === `The paper ${arxivId}`;
  });
}

async function until(end: number, otherwise: string, look: () => Promise<boolean>): Promise<void> {
  for (;;) {
    if (await look().catch(() => false)) return;
    if (performance.now() > end) throw new Error(otherwise);
    await pause(250);
  }
}
