// The process of one engine, started by run-engine.ts. Its first message has its orders.
import type { Engine, EngineName, EngineResult, GroupResult, Site } from "./engine.ts";
import { openers } from "./openers.ts";
import type { Group } from "./questions.ts";

/** The number of questions before any is timed, and the maximum time for them. */
const warmingQuestions = 50;
const warmingMilliseconds = 500;

export type EngineOrder = {
  readonly name: EngineName;
  readonly site: Site;
  readonly groups: readonly Group[];
};

process.once("message", async ({ name, site, groups }: EngineOrder) => {
  const open = await openers[name]();
  const before = residentBytes();
  const engine = await open(site);
  const growth = residentBytes() - before;
  const results: GroupResult[] = [];
  for (const group of groups) {
    process.send?.({ progress: group.name });
    results.push(await runGroup(engine, group));
  }
  const { version, load, bytes } = engine;
  await engine.close();
  const result = { version, load, bytes, growth, groups: results } satisfies EngineResult;
  process.send?.({ result }, () => process.disconnect());
});

function residentBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().rss;
}

async function runGroup(engine: Engine, { questions, seconds }: Group): Promise<GroupResult> {
  const [first] = questions;
  const skipReason = first === undefined ? null : (engine.skipReasonOf?.(first) ?? null);
  const isOther = first !== undefined && engine.isOther?.(first) === true;
  if (skipReason !== null) return { skipReason, isOther, milliseconds: [], answers: [] };
  const warm = performance.now() + warmingMilliseconds;
  // The last ones, which the fewest engines reach when timed.
  for (const question of first?.kind === "pagerank" ? [] : questions.slice(-warmingQuestions)) {
    await engine.ask(question);
    if (performance.now() > warm) break;
  }
  const milliseconds: number[] = [];
  const raw: unknown[] = [];
  const end = performance.now() + seconds * 1000;
  for (const question of questions) {
    const start = performance.now();
    const answer = engine.ask(question);
    // Engines that answer synchronously do not wait for a promise.
    raw.push(answer instanceof Promise ? await answer : answer);
    const now = performance.now();
    milliseconds.push(now - start);
    if (now > end) break;
  }
  const answers = raw.map((answer, index) =>
    engine.read(questions[index] as Group["questions"][number], answer as never),
  );
  return { skipReason: null, isOther, milliseconds, answers };
}
