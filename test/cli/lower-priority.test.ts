import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";

const lowerPriority = new URL("../../dist/cli/lower-priority.js", import.meta.url).href;

/** Prints how nice each of its threads is: a Worker that was there before, one that came after, and Node.js' own. */
const script = `
  import { readdirSync, readFileSync } from "node:fs";
  import { once } from "node:events";
  import { Worker } from "node:worker_threads";
  const start = () => new Worker("setInterval(() => {}, 1000)", { eval: true });
  const before = start();
  await once(before, "online");
  const { lowerPriority } = await import(${JSON.stringify(lowerPriority)});
  lowerPriority();
  const after = start();
  await once(after, "online");
  const nice = readdirSync("/proc/self/task").map((thread) => {
    const stat = readFileSync("/proc/self/task/" + thread + "/stat", "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16]);
  });
  console.log(JSON.stringify(nice));
  process.exit();
`;

test.runIf(existsSync("/proc/self/task"))(
  "every thread of a bulk ingest gives way, whenever it was started",
  () => {
    const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
      encoding: "utf8",
    });
    const nice = JSON.parse(printed) as number[];
    expect(nice.length).toBeGreaterThan(3);
    expect(new Set(nice)).toEqual(new Set([10]));
  },
);
