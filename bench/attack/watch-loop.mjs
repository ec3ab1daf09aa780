// Preloaded into the server: the longest delay of its event loop since it was last asked, by SIGUSR2.
import { writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";

const path = process.env.PITH_BENCH_LOOP;
if (path !== undefined) {
  const resolution = 5;
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  let count = 0;
  process.on("SIGUSR2", () => {
    const longest = Math.max(0, delay.max / 1e6 - resolution);
    delay.reset();
    writeFileSync(path, JSON.stringify({ count: ++count, longest }));
  });
}
