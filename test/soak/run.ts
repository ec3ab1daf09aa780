import { setTimeout as pause } from "node:timers/promises";
import { benchKey } from "../../bench/corpus.ts";
import { createKeyring } from "../../src/protocol/index.ts";
import { ingestDocuments } from "../ingest/ingest-documents.ts";
import { randomFrom } from "../ingest/random.ts";
import { type Acknowledged, Client } from "./client.ts";
import { cpuOf, memoriesOf } from "./memory.ts";
import { Papers } from "./papers.ts";
import type { Plan } from "./plan.ts";
import { recovered } from "./probe.ts";
import { type Injected, printReport } from "./report.ts";
import { setStage } from "./stage.ts";
import { Tally } from "./tally.ts";
import { judge, settled } from "./verdict.ts";

/** Runs a plan, prints its report, and returns the faults. */
export async function soak(plan: Plan, seed: number): Promise<readonly string[]> {
  const random = randomFrom(seed);
  const papers = new Papers(plan.papersBefore);
  const stage = await setStage();
  try {
    await ingestDocuments(
      stage.mirror.database,
      papers.before.map(({ text }) => text),
      {
        keyring: createKeyring([benchKey]),
        minimumProof: "signed",
      },
    );
    const tally = new Tally();
    const acknowledged = {
      // From then on the mirror must find it.
      mirror: nothing((paper) => papers.merged.push(paper)),
      source: nothing(() => {}),
    };
    const start = performance.now();
    const client = new Client(tally, papers, seed + 1);
    const sending = [
      client.read(stage.mirror.origin, plan.readsPerSecond),
      client.submit(
        stage.mirror.origin,
        plan.submissionsPerSecond,
        plan.documentsOfSubmission,
        acknowledged.mirror,
      ),
      client.submit(
        stage.source.origin,
        plan.sourceSubmissionsPerSecond,
        plan.documentsOfSubmission,
        acknowledged.source,
      ),
    ];
    const injected: Injected[] = [];
    /** Faults that did not happen, or from which the system did not recover in time. */
    const failures: string[] = [];
    for (const { at, fault } of plan.faults) {
      await pause(Math.max(0, start + at * 1_000 - performance.now()));
      const from = performance.now();
      const shown = await fault.inject(stage, plan.faultMilliseconds).catch((error: Error) => {
        console.error(`${stage.sync.output}${stage.mirror.serve.output}`);
        failures.push(`${fault.name}: ${error.message} ${String(error.cause ?? "")}`);
        return "no evidence";
      });
      const over = performance.now();
      const failure = await recovered(stage, papers, random, acknowledged).catch((error: Error) => error);
      if (failure instanceof Error) {
        console.error(`${stage.sync.output}${stage.mirror.serve.output}`);
        failures.push(`after ${fault.name}: ${failure.message}`);
      }
      const seconds = ((performance.now() - start) / 1_000).toFixed(0);
      console.error(`${seconds} s: ${fault.name}: ${shown}`);
      injected.push({ name: fault.name, shown, from, over, to: performance.now() });
    }
    await pause(Math.max(0, start + plan.seconds * 1_000 - performance.now()));
    console.error("Waiting for open requests …");
    await client.stop();
    await Promise.all(sending);
    const end = performance.now();
    await settled(stage);
    const verdict = await judge(stage, acknowledged);
    const samples = stage.orders.witnessed("memory");
    const memories = memoriesOf(samples);
    const ends = await stage.stop();
    verdict.faults.push(...failures);
    return printReport({
      start,
      end,
      tally,
      client,
      injected,
      verdict,
      memories,
      cpu: cpuOf(samples),
      ends,
      syncEnds: stage.sync.unexpectedExits,
    });
  } finally {
    await stage.close();
  }
}

const nothing = (onMerged: Acknowledged["onMerged"]): Acknowledged => ({ ids: [], papers: [], onMerged });
