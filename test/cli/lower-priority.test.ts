import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";

const lowerPriority = new URL("../../dist/cli/lower-priority.js", import.meta.url).href;

/** Prints the nice value of each thread: a Worker started before, one started after, and those of Node.js. */
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
  "lowerPriority sets the nice value 10 for threads started before and after the call",
  () => {
    const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
      encoding: "utf8",
    });
    const nice = JSON.parse(printed) as number[];
    expect(nice.length).toBeGreaterThan(3);
    expect(new Set(nice)).toEqual(new Set([10]));
  },
);
